/** What browsers make of exchanges: explanations, verdicts, scenarios. */

import { door } from "./engine.js";
import { InvalidRequestError, described } from "./fetch.js";
import { linesOf } from "./headers.js";
import { isPolicy } from "./options.js";

/**
 * What every engine makes of a request, why, and what to change on the server.
 *
 * @param request as in scenarios
 * @param exchanges what was seen: `{exchange: "preflight" | "actual", url, status, headers}`, in order
 */
export function explain(request, exchanges = [], { elsewhere = [] } = {}) {
  const seen = (list) => list.map(({ headers, ...exchange }) => ({ ...exchange, headers: linesOf(headers) }));
  return valid(door.call("explain", { request: described(request), exchanges: seen(exchanges), elsewhere: seen(elsewhere) }));
}

/** A capture that is of no use: words, a stable `code`, and the `line` if there is one. */
export class UnusableCaptureError extends Error {
  name = "UnusableCaptureError";

  constructor(source, { code, line, words }) {
    super(`${source}: ${words}`);
    Object.assign(this, { code, line });
  }
}

/** Explains every fetch of a capture: a HAR, a text of `curl -v` or `curl -i`, or HTTP messages. */
export function explainCapture(text, { source = "The text", format, meant } = {}) {
  const said = meant && { ...meant, headers: linesOf(meant.headers) };
  const report = door.call("explain_capture", { text, source, format, meant: said });
  if (report.unusable) throw new UnusableCaptureError(source, report.unusable);
  return report;
}

/**
 * Whether a browser would let script read the answer to a request.
 *
 * @param request as in scenarios
 * @param server the responses, `{preflight, actual}`, each a `Response` or `{status, headers}`; or a `Policy`
 */
export function wouldBrowserAllow(request, server, { engine = "spec" } = {}) {
  const judged = isPolicy(server) ? server.verify(request) : explain(request, exchangesOf(server));
  const { verdict, type = "", reason, words, console = [], ask } = judgementOf(judged.engines, engine);
  if (verdict === "undecided") throw new TypeError(`it depends on an answer that is missing, that to ${ask}`);
  return { allowed: verdict === "allowed" && !type.startsWith("opaque"), verdict, type, reason, words, console };
}

function exchangesOf({ preflight, actual }) {
  const exchange = (exchange, response) => ({ exchange, status: response.status, headers: response.headers });
  return [preflight && exchange("preflight", preflight), actual && exchange("actual", actual)].filter(Boolean);
}

function judgementOf(engines, engine) {
  const judgement = engines[engine];
  if (!judgement) throw new TypeError(`there is no engine ${engine}: it is one of ${Object.keys(engines).join(", ")}`);
  return judgement;
}

/** Runs a scenario in one browser context of an engine. */
export function replay(scenario, { engine = "spec" } = {}) {
  return door.call("replay", { engine, scenario });
}

/** Every engine and every code with its words. */
export function vocabulary() {
  return door.read(door.functions.vocabulary());
}

function valid(judged) {
  if (judged.invalid) throw new InvalidRequestError(judged.invalid);
  return judged;
}
