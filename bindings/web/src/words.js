// Words for what a report says in codes.

import { listed } from "./dom.js";

/** The engines that people know as browsers, in the order in which they are shown. */
export const browsers = [
  ["chromium", "Chromium"],
  ["gecko", "Firefox"],
  ["webkit", "Safari"],
];

const VERDICTS = { allowed: "Allowed", blocked: "Blocked", thrown: "fetch() throws", undecided: "Not decided" };

export const verdictWord = ({ verdict }) => VERDICTS[verdict];

/** Where a browser stops: `at the preflight after a redirect`. */
export function place({ verdict, exchange, hop }) {
  if (verdict !== "blocked") return "";
  const redirects = hop ? ` after ${hop === 1 ? "a redirect" : `${hop} redirects`}` : "";
  if (exchange === "preflight") return `at the preflight${redirects}`;
  return exchange === "actual" ? `at the response${redirects}` : `before anything is sent${redirects}`;
}

/** How a fetch ends, in one short sentence. */
export function ending(engine) {
  switch (engine.verdict) {
    case "allowed":
      return engine.status === 0
        ? `Script gets an ${engine.type} response.`
        : `Script reads the ${engine.type} response, status ${engine.status}.`;
    case "undecided":
      return "An answer was not seen.";
    default:
      return engine.words;
  }
}

/** The whole verdict in one sentence. */
export function summary(fetch) {
  const groups = new Map();
  for (const [key, name] of browsers) {
    const engine = fetch.engines[key];
    const words = { allowed: "allowed by", blocked: "blocked by", thrown: "fetch() throws in", undecided: "not decided for" }[engine.verdict];
    groups.set(words, [...(groups.get(words) ?? []), name]);
  }
  if (groups.size === 1) {
    const [word] = groups.keys();
    const places = new Set(browsers.map(([key]) => place(fetch.engines[key])));
    const where = places.size === 1 && [...places][0] ? ` ${[...places][0]}` : "";
    return `${capital(word)} ${listed(browsers.map(([, name]) => name))}${where}.`;
  }
  const parts = [...groups].map(([word, names]) => `${word} ${listed(names)}`);
  return `Browsers disagree: ${parts.join("; ")}.`;
}

/** Simple or preflighted, and because of what. */
export function classification({ classification: kind, because }) {
  switch (kind) {
    case "same-origin":
      return "It goes to the page’s own origin: CORS has no part in it.";
    case "not-cors":
      return "It is made without CORS: script is not to read the answer.";
    case "simple":
      return "It is simple: sent without a preflight.";
    default:
      return `It is preflighted, because of ${listed(because)}.`;
  }
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
