// The results: what browsers make of one fetch, and what to do about it.

import { copyable } from "./copy.js";
import { element } from "./dom.js";
import { sequence } from "./sequence.js";
import { browsers, classification, place, summary, verdictWord } from "./words.js";

/** What the user chose to see, which outlasts a change of the case. `null` is the first browser that refuses. */
let drawn = null;

/** Shows what becomes of `fetch`. `attempt()` follows the advice in the editor; it is `null` where it cannot. */
export function showResults(container, fetch, { say, attempt, remark }) {
  container.replaceChildren(
    element("p", { class: `headline ${overall(fetch)}` }, summary(fetch)),
    remark && element("p", { class: "remark" }, remark) || "",
    verdicts(fetch),
    element("p", { class: "classification" }, classification(fetch)),
    drawing(fetch),
    ...[why(fetch), fix(fetch, say, attempt), ask(fetch, say), consoleLines(fetch, say), notes(fetch)].filter(Boolean),
  );
}

/** Shows why there is no result. */
export function showNothing(container, ...words) {
  container.replaceChildren(element("p", { class: "empty" }, ...words));
}

function overall(fetch) {
  const words = new Set(browsers.map(([key]) => fetch.engines[key].verdict));
  if (words.size > 1) return "disagree";
  const [word] = words;
  return word === "thrown" ? "blocked" : word;
}

function verdicts(fetch) {
  return element("ul", { class: "verdicts", "aria-label": "Verdicts" }, browsers.map(([key, browser]) => {
    const engine = fetch.engines[key];
    return element("li", { class: engine.verdict, "data-engine": key },
      element("span", { class: "sign", "aria-hidden": "true" }, { allowed: "✓", undecided: "?" }[engine.verdict] ?? "✕"),
      element("span", { class: "browser" }, browser),
      element("strong", {}, verdictWord(engine)),
      element("span", { class: "detail" }, place(engine)),
      engine.reason && element("code", { class: "detail" }, engine.reason));
  }));
}

function drawing(fetch) {
  const first = browsers.find(([key]) => fetch.engines[key].verdict === "blocked") ?? browsers[0];
  const shown = drawn ?? first[0];
  const canvas = element("div", {});
  const draw = (key) => canvas.replaceChildren(sequence(fetch, key, browsers.find(([other]) => other === key)[1]));
  const radio = ([key, browser]) => element("label", {},
    element("input", {
      type: "radio", name: "drawn", value: key, ...(key === shown ? { checked: true } : {}),
      change: () => {
        drawn = key;
        draw(key);
      },
    }), element("span", {}, browser));
  draw(shown);
  return element("section", { "aria-labelledby": "drawing-heading" },
    element("div", { class: "drawing-head" },
      element("h3", { id: "drawing-heading" }, "Step by step"),
      element("fieldset", { class: "segments" }, element("legend", { class: "spoken" }, "Draw it for"), browsers.map(radio))),
    canvas);
}

/** Each reason once, with its place in the standard; then the mistakes that were recognized. */
function why(fetch) {
  const reasons = new Map();
  for (const [key, browser] of browsers) {
    const engine = fetch.engines[key];
    if (!engine.reason) continue;
    const said = reasons.get(engine.reason) ?? { engine, names: [] };
    said.names.push(browser);
    reasons.set(engine.reason, said);
  }
  if (reasons.size === 0 && fetch.causes.length === 0) return null;
  return part("Why",
    [...reasons].map(([code, { engine, names }]) => element("p", {},
      reasons.size > 1 && element("strong", {}, `${names.join(", ")}: `),
      withValue(engine.words, engine.value), " ",
      element("a", { href: engine.standard, rel: "noreferrer" }, "In the standard"), " ",
      element("code", { class: "faint" }, code))),
    fetch.causes.map((cause) => element("div", { class: "cause" },
      element("p", {}, element("strong", {}, cause.words), " ", element("code", { class: "faint" }, cause.code)),
      element("p", {}, cause.remedy))));
}

const withValue = (words, value) => (value ? `${words.replace(/\.$/, "")}: “${value}”` : words);

function fix(fetch, say, attempt) {
  const { answers, notes: warnings, remaining } = fetch.advice;
  const hopeless = [...new Set(browsers.map(([key]) => remaining[key]).filter(Boolean))];
  if (answers.length === 0 && hopeless.length === 0) return null;
  return part(answers.some(({ seen }) => seen) || answers.length === 0 ? "The lines that fix it" : "What the answers need",
    answers.map((answer) => {
      const status = answer.status == null ? "" : ` with status ${answer.status}`;
      const lines = answer.headers.length > 0 ? `${status ? " and" : " with"} these lines` : "";
      const unseen = answer.seen ? "" : " (its answer was not seen)";
      return element("div", { class: "advice" },
        element("p", {}, "Answer ", element("code", {}, `${answer.method} ${answer.url}`), `${unseen}${status}${lines}:`),
        answer.headers.length > 0 && copyable(answer.headers.join("\n"), `the lines for ${answer.method}`, say));
    }),
    attempt && element("button", { type: "button", class: "try", click: attempt }, "Try it here"),
    hopeless.map((code) => element("p", {}, "No response header helps against ", element("code", {}, code), ".")),
    warnings.map((note) => element("p", { class: "hint" }, note)));
}

function ask(fetch, say) {
  const commands = [...new Set(browsers.map(([key]) => fetch.engines[key].ask).filter(Boolean))];
  if (commands.length === 0) return null;
  return part("Ask the server", element("p", {}, "An answer was not seen. This asks for it, as a browser does:"),
    commands.slice(0, 1).map((command) => copyable(command, "the command", say)));
}

function consoleLines(fetch, say) {
  const printing = browsers.filter(([key]) => fetch.engines[key].console?.length);
  if (printing.length === 0) return null;
  return part("In the console", printing.map(([key, browser]) => element("div", { class: "console" },
    element("p", { class: "browser" }, browser),
    copyable(fetch.engines[key].console.join("\n"), `what ${browser} prints`, say))));
}

function notes(fetch) {
  const texts = [...fetch.remarks, ...(fetch.noted_failure ? [`The browser noted ${fetch.noted_failure}.`] : []), ...fetch.assumed];
  if (texts.length === 0) return null;
  return part("To be minded", element("ul", {}, texts.map((text) => element("li", {}, text))));
}

function part(heading, ...content) {
  return element("section", { class: "part" }, element("h3", {}, heading), content);
}
