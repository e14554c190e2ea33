// The drawing: who sends what to whom, one step after the other. It is an ordered list, so that it reads as
// well as it looks: each step says in words what its arrow shows.

import { element, spoken } from "./dom.js";
import { ending, place } from "./words.js";

/** Lines that CORS looks at stand out; the others wait behind a summary. */
const TELLING = /^(access-control-|origin$|vary$|location$|cookie$|authorization$|www-authenticate$|sec-fetch-|cross-origin-|timing-allow-origin$|content-type$)/i;

/** Draws what the engine called `key` makes of `fetch`. */
export function sequence(fetch, key, browser) {
  const engine = fetch.engines[key];
  const steps = [call(fetch)];
  engine.sent.forEach((sent, index) => {
    steps.push(request(sent, index > 0 && isRedirected(engine.sent[index - 1], sent, fetch)));
    const answer = sent.answer == null ? null : fetch.exchanges[sent.answer];
    const isLast = index === engine.sent.length - 1;
    steps.push(response(answer, isLast && engine.verdict === "blocked"));
  });
  steps.push(end(fetch, engine));
  const servers = [...new Set([fetch.url, ...engine.sent.map(({ url }) => url)].map((url) => new URL(url).host))];
  return element("div", { class: "drawing" },
    element("div", { class: "lanes", "aria-hidden": "true" },
      element("span", {}, element("b", {}, "Script"), element("i", {}, fetch.origin)),
      element("span", {}, element("b", {}, browser)),
      element("span", {}, element("b", {}, servers.length > 1 ? "Servers" : "Server"), servers.map((host) => element("i", {}, host)))),
    element("ol", { class: "steps", "aria-label": `The exchange as ${browser} makes it` }, steps));
}

const isRedirected = (before, sent, fetch) =>
  before.answer != null && before.exchange === "actual" && fetch.exchanges[before.answer].url !== sent.url;

function call({ url, method, credentials, headers, mode }) {
  const options = [
    method === "GET" ? null : `method: ${JSON.stringify(method)}`,
    mode === "cors" ? null : `mode: ${JSON.stringify(mode)}`,
    credentials === "same-origin" ? null : `credentials: ${JSON.stringify(credentials)}`,
    headers.length ? `headers: { ${headers.map((pair) => pair.map((text) => JSON.stringify(text)).join(": ")).join(", ")} }` : null,
  ].filter(Boolean);
  const init = options.length ? `, { ${options.join(", ")} }` : "";
  return step("script-to-browser", "Script asks the browser: ",
    element("code", { class: "title" }, `fetch(${JSON.stringify(url)}${init})`));
}

function request(sent, isRedirected) {
  const tag = sent.exchange === "preflight" ? "preflight" : isRedirected ? "redirected" : "request";
  return step("browser-to-server", "The browser asks the server: ",
    element("span", { class: "tag" }, tag), " ",
    element("code", { class: "title" }, `${sent.method} ${sent.url}`),
    lines(sent.headers));
}

function response(answer, isRefused) {
  if (!answer) {
    return step("server-to-browser missing", "", element("span", { class: "title" }, "The answer was not seen."));
  }
  if (answer.answer === "failed") {
    return step("server-to-browser refused", "", element("span", { class: "title" }, "No answer: the connection failed."));
  }
  if (answer.answer === "remembered") {
    return step("server-to-browser", "", element("span", { class: "title" }, "Not asked: an earlier answer is remembered."));
  }
  return step(`server-to-browser${isRefused ? " refused" : ""}`, "The server answers the browser: ",
    element("code", { class: "title" }, `HTTP ${answer.status}`),
    lines(answer.headers));
}

function end(fetch, engine) {
  const where = place(engine);
  switch (engine.verdict) {
    case "allowed":
      return step("browser-to-script allowed", "The browser lets script have the answer. ",
        element("span", { class: "title" }, ending(engine)));
    case "undecided":
      return step("browser-to-script missing", "",
        element("span", { class: "title" }, "What script gets hangs on an answer that was not seen."));
    default:
      return step("browser-to-script refused", "",
        element("span", { class: "title" }, engine.verdict === "thrown" ? "fetch() throws a TypeError." : `Blocked ${where}: script gets a TypeError.`),
        element("span", { class: "reason" }, engine.words));
  }
}

function step(kind, words, ...content) {
  return element("li", { class: `step ${kind}` },
    element("div", { class: "said" }, words && spoken(words), content),
    element("span", { class: "arrow", "aria-hidden": "true" }));
}

function lines(headers) {
  if (headers.length === 0) return null;
  const line = ([name, value]) => element("li", {}, element("code", {}, element("b", {}, `${name}:`), ` ${value}`));
  const telling = headers.filter(([name]) => TELLING.test(name));
  const rest = headers.filter(([name]) => !TELLING.test(name));
  const more = rest.length > 0 && element("details", {},
    element("summary", {}, `${rest.length} more header ${rest.length === 1 ? "line" : "lines"}`),
    element("ul", { class: "lines" }, rest.map(line)));
  return [telling.length > 0 && element("ul", { class: "lines" }, telling.map(line)), more];
}
