// The page: puts the editor, the engine and the results together.

import { captureOf, caseOf, emptyCase, isEmpty, isSame, withAdvice } from "./case.js";
import { copy } from "./copy.js";
import { byId, element } from "./dom.js";
import { makeEditor } from "./editor.js";
import { explainCapture, load } from "./engine.js";
import { examples } from "./examples.js";
import { showFetches } from "./fetches.js";
import * as link from "./link.js";
import { showNothing, showResults } from "./results.js";
import { summary } from "./words.js";

/** No capture that a browser exports is larger. */
const LARGEST_FILE = 64 * 1024 * 1024;

const HISTORY = 50;

/** A file that holds several fetches: its name, its report, and which fetch the editor holds. */
let file = null;

/** Which fetch of the text in the editor is shown, and whether those without CORS are listed. */
let chosen = 0;
let all = false;

/** What was there before it was replaced as a whole, the newest last. */
const earlier = [];

const editor = makeEditor(byId("case"), { changed: refresh, replaced: replace, takeApart });

/** Shows another case; the one before comes back with Undo. */
function replace(subject, { nextFile = file, choice = 0 } = {}) {
  if (!isEmpty(editor.case) || file) {
    earlier.push({ subject: editor.case, file, chosen });
    if (earlier.length > HISTORY) earlier.shift();
  }
  restore({ subject, file: nextFile, chosen: choice });
}

function restore(state) {
  file = state.file;
  chosen = state.chosen;
  editor.show(state.subject);
  refresh();
}

/** Judges what is in the editor, and shows it. */
function refresh() {
  const subject = editor.case;
  byId("undo").disabled = earlier.length === 0;
  carry(subject);
  const { capture, locate } = captureOf(subject);
  const isUntouched = file?.chosen != null && isSame(subject, file.case);
  if (file) listFile();
  else byId("listing").hidden = true;
  editor.complain("");
  editor.offerTakingApart(false);
  if (isUntouched) {
    show(file.report.fetches[file.chosen], subject);
    return;
  }
  if (isEmpty(subject)) {
    nothing("Paste a request and its response, choose an example, or drop a HAR anywhere on this page.");
    return;
  }
  const report = explainCapture(capture);
  if (report.unusable) {
    complain(report.unusable, locate);
    return;
  }
  if (report.fetches.length === 0) {
    nothing("The text holds no fetch of a page.");
    return;
  }
  chosen = Math.min(chosen, report.fetches.length - 1);
  if (!file && report.fetches.length > 1) listText(report);
  editor.offerTakingApart(report.input !== "HTTP messages");
  const remark = file ? `This is judged by the text in the boxes, which is no longer that of ${file.name}.` : "";
  show(report.fetches[chosen], subject, remark);
}

function show(fetch, subject, remark = "") {
  byId("case-heading").parentElement.classList.remove("broken");
  showResults(byId("results"), fetch, { say, remark, attempt: attempt(fetch, subject) });
  announce(summary(fetch));
}

function nothing(words) {
  showNothing(byId("results"), words);
  announce(words);
}

/** The fields that some problems are about. */
const FIELDS = { "no-origin": "origin", "bad-origin": "origin", "bad-url": "url", "bad-method": "method" };
const LABELS = { origin: "The page’s origin", url: "The URL", method: "The method" };

function complain({ code, line, words }, locate) {
  const place = line == null ? { field: FIELDS[code] ?? "request-1" } : locate(line);
  const where = place?.part
    ? `Exchange ${place.index + 1}, ${place.part}, line ${place.line}: `
    : code.startsWith("bad-") ? `${LABELS[place.field]}: ` : "The text ";
  const sentence = `${where}${words}${words.endsWith(".") ? "" : "."}`;
  editor.complain(sentence, place);
  nothing(sentence);
}

/** What follows all advice in the editor, or `null` when the boxes are no exchanges one by one. */
function attempt(fetch, subject) {
  const { answers } = fetch.advice;
  const places = subject.exchanges.flatMap(({ request, response }, index) => (request.trim() && response.trim() ? [index] : []));
  const isOneByOne =
    places.length === fetch.exchanges.length && fetch.exchanges.every(({ answer }) => answer === "response");
  if (answers.length === 0 || !isOneByOne) return null;
  return () => {
    const exchanges = subject.exchanges.map((exchange, index) => {
      const seen = fetch.exchanges[places.indexOf(index)];
      const answer = seen && answers.find((answer) => answer.seen && isAbout(answer, seen));
      return answer ? { ...exchange, response: withAdvice(exchange.response, answer) } : exchange;
    });
    const unseen = answers.filter(({ seen }) => !seen);
    replace({ ...subject, exchanges: unseen.reduce((list, answer) => withAnswer(list, fetch, answer), exchanges) });
    focusVerdict();
  };
}

const isAbout = (answer, { exchange, url }) => answer.exchange === exchange && answer.url === url;

/** The exchanges with an answer that was not seen: beside its request if that is there, else with the request. */
function withAnswer(exchanges, fetch, answer) {
  const status = answer.status ?? (answer.exchange === "preflight" ? 204 : 200);
  const response = withAdvice("", { ...answer, status });
  const waiting = exchanges.findIndex(({ request, response: text }) =>
    !text.trim() && request.trim().split(/\s+/)[0] === answer.method);
  if (waiting >= 0) return exchanges.map((exchange, index) => (index === waiting ? { ...exchange, response } : exchange));
  const sent = fetch.engines.spec.sent.find((sent) => isAbout(answer, sent));
  const headers = sent?.headers ?? [["Origin", fetch.origin], ...fetch.headers];
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const added = { request: [`${answer.method} ${answer.url} HTTP/1.1`, ...lines].join("\n"), response };
  const kept = exchanges.filter(({ request, response: text }) => request.trim() || text.trim());
  return answer.exchange === "preflight" ? [added, ...kept] : [...kept, added];
}

/** The button that was pressed is gone; what it did is in the headline. */
function focusVerdict() {
  byId("verdict-heading").focus({ preventScroll: true });
}

function takeApart() {
  const report = explainCapture(captureOf(editor.case).capture);
  const fetch = report.fetches?.[chosen];
  if (!fetch) return;
  replace(caseOf(fetch));
  byId("request-1").focus();
}

function listText(report) {
  showFetches(byId("listing"), report, {
    name: "the text", chosen, all,
    choose(index) {
      chosen = index;
      refresh();
    },
    showAll,
  });
}

function listFile() {
  showFetches(byId("listing"), file.report, {
    name: file.name, chosen: file.chosen, all,
    choose: (index) => chooseFromFile(file, index),
    showAll,
    close() {
      replace(editor.case, { nextFile: null });
      byId("file").focus();
    },
  });
}

function showAll(isWanted) {
  all = isWanted;
  refresh();
  byId("show-all").focus();
}

function chooseFromFile(from, index) {
  const subject = caseOf(from.report.fetches[index]);
  replace(subject, { nextFile: { ...from, chosen: index, case: subject } });
}

/** Takes a text that came as a file. */
function open(name, text) {
  const report = explainCapture({ text, source: name, meant: {} });
  const isHar = !report.unusable && report.input.startsWith("HAR");
  if (isHar && report.fetches.length > 0) {
    const first = Math.max(report.fetches.findIndex((fetch) => fetch.kind === "cors"), 0);
    chooseFromFile({ name, report }, first);
    say(`${name}: ${report.fetches.length} fetches, ${report.blocked} blocked.`);
  } else if (isHar) {
    say(`${name} holds no fetch of a page.`);
  } else if (report.unusable?.code === "not-a-har" || report.unusable?.code === "too-large") {
    say(`${name} ${report.unusable.words}`);
  } else {
    // Whatever is wrong with it is said beside its text.
    replace({ ...emptyCase(), exchanges: [{ request: text, response: "" }] }, { nextFile: null });
    say(`Opened ${name}.`);
  }
}

async function openFile(chosenFile) {
  if (chosenFile.size > LARGEST_FILE) {
    say(`${chosenFile.name} is larger than 64 MB.`);
    return;
  }
  open(chosenFile.name, await chosenFile.text());
}

/** Keeps the link in the address bar up to date, so that a reload loses nothing. */
let waiting;
function carry(subject) {
  clearTimeout(waiting);
  waiting = setTimeout(() => carryNow(subject), 250);
}

async function carryNow(subject) {
  const fragment = isEmpty(subject) ? "" : await link.encode(subject);
  if (fragment == null) return null;
  history.replaceState(null, "", fragment || location.href.split("#")[0]);
  return location.href;
}

async function copyLink() {
  const address = await carryNow(editor.case);
  if (!address) say("The texts are too long for a link.");
  else say((await copy(address)) ? "Copied the link." : "The link is in the address bar.");
}

async function followLink() {
  try {
    const subject = await link.decode(location.hash);
    if (subject && !isSame(subject, editor.case)) replace(subject, { nextFile: null });
  } catch (error) {
    say(`The link is damaged: ${error.message}.`);
  }
}

function say(words) {
  byId("notice").textContent = words;
}

/** Says the verdict once typing rests, and never twice. */
let announcing;
function announce(words) {
  clearTimeout(announcing);
  announcing = setTimeout(() => {
    if (byId("announcement").textContent !== words) byId("announcement").textContent = words;
  }, 400);
}

function offerExamples() {
  const select = byId("examples");
  select.append(
    element("option", { value: "" }, "Choose…"),
    ...examples.map(({ name }, index) => element("option", { value: String(index) }, name)),
    element("option", { value: "har" }, "A whole HAR, saved from Chromium"),
  );
  select.addEventListener("change", () => {
    const { value } = select;
    select.value = "";
    if (value === "har") open("chromium.har", byId("sample-har").textContent);
    else if (value) {
      replace(structuredClone(examples[Number(value)].case), { nextFile: null });
      say(`Example: ${examples[Number(value)].name}.`);
    }
  });
}

function takeDrops() {
  const zone = byId("dropzone");
  const isFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  let depth = 0;
  addEventListener("dragenter", (event) => {
    if (!isFile(event)) return;
    depth += 1;
    zone.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (isFile(event) && --depth <= 0) zone.hidden = true;
  });
  addEventListener("dragover", (event) => isFile(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    depth = 0;
    zone.hidden = true;
    openFile(event.dataTransfer.files[0]);
  });
}

async function start() {
  offerExamples();
  takeDrops();
  byId("file").addEventListener("change", async (event) => {
    const [picked] = event.target.files;
    if (picked) await openFile(picked);
    event.target.value = "";
  });
  byId("undo").addEventListener("click", () => {
    restore(earlier.pop());
    say("Undone.");
    if (earlier.length === 0) byId("examples").focus();
  });
  byId("copy-link").addEventListener("click", copyLink);
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("verdict-heading").focus();
  });
  addEventListener("hashchange", followLink);
  try {
    await load(byId("engine").textContent);
  } catch (error) {
    nothing(`The engine cannot be started in this browser: ${error.message}. It needs WebAssembly.`);
    return;
  }
  editor.show(emptyCase());
  await followLink();
  refresh();
  document.documentElement.dataset.ready = "";
}

start();
