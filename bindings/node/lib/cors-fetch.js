/**
 * A `fetch` that is refused what a browser would refuse, for test suites in Node: under jsdom, happy-dom or no
 * document at all. The engine says what goes over the wire and what script gets; this file carries it there.
 */

import { ownBody, ownSignal, kindOf, tagOf } from "./bodies.js";
import { Fetch, PreflightCache } from "./fetch.js";
import { linesOf } from "./headers.js";

/** Statuses with which a `Response` cannot have a body. */
const WITHOUT_BODY = [101, 103, 204, 205, 304];

/**
 * Makes a `fetch` for a page.
 *
 * @param options `page`, its URL or its window; `origin`, if it is not the page's, such as "null"; `engine`;
 *   `fetch`, what sends requests; `jar`, what keeps cookies; `cache`, what earlier preflights allowed
 */
export function corsFetch({
  page,
  origin,
  engine = "spec",
  fetch: send = globalThis.fetch,
  jar,
  cache = new PreflightCache(),
  now = () => Date.now() / 1000,
} = {}) {
  const place = () => page?.location?.href ?? page;
  if (origin === undefined && place() === undefined) {
    throw new TypeError('say which page fetches: corsFetch({ page: "https://app.example/" }), or page: window');
  }
  return async function fetch(input, init = {}) {
    const request = await requestOf(input, init, place());
    if (request.signal?.aborted) throw request.signal.reason;
    const { body, signal, ...described } = request;
    described.origin = origin ?? new URL(place()).origin;
    const machine = new Fetch({ ...described, body: kindOf(body) }, { engine, cache, now: now() });
    let response;
    let failure;
    while (machine.step.send) {
      response = undefined;
      try {
        response = await sent(machine.step.send, request, { send, jar });
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        failure = error;
        machine.fail();
        continue;
      }
      machine.receive({ status: response.status, headers: response.headers }, now());
      if (machine.step.send) await response.body?.cancel();
    }
    const { blocked, response: filtered } = machine.step;
    if (blocked) {
      await response?.body?.cancel();
      throw refusal(blocked, failure);
    }
    return filteredResponse(filtered, response ?? (await send(request.url)));
  };
}

/** The request that script means, in one shape whatever it was given as. */
async function requestOf(input, init, page) {
  const base = tagOf(input) === "Request" ? input : undefined;
  const said = (name, unsaid) => init[name] ?? base?.[name] ?? unsaid;
  return {
    url: base ? base.url : absoluteUrl(String(input), page),
    method: said("method", "GET"),
    mode: said("mode", "cors"),
    credentials: said("credentials", "same-origin"),
    redirect: said("redirect", "follow"),
    cache: said("cache", "default"),
    headers: linesOf(init.headers ?? base?.headers),
    body: await ownBody(init.body !== undefined ? init.body : base?.body ? await base.arrayBuffer() : undefined),
    signal: ownSignal(said("signal")),
  };
}

function absoluteUrl(text, page) {
  try {
    return new URL(text, page).href;
  } catch {
    return text; // which the engine refuses
  }
}

/** Sends a request that the engine asked for, and gives its response, redirects included. */
async function sent({ method, url, headers, exchange, credentials }, { body, signal }, { send, jar }) {
  // A form's type is made where its body is: the boundary stands in both.
  const isForm = tagOf(body) === "FormData";
  const lines = headers.filter(([name]) => !(isForm && name.toLowerCase() === "content-type"));
  const cookies = credentials && (await jar?.getCookieString(url));
  if (cookies) lines.push(["Cookie", cookies]);
  const hasBody = exchange === "actual" && body !== undefined && method !== "GET" && method !== "HEAD";
  const init = { method, headers: lines, redirect: "manual", signal };
  const response = await send(url, hasBody ? { ...init, body, duplex: "half" } : init);
  if (credentials && jar) {
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, url);
  }
  return response;
}

/** What a browser's console says, and a code for programs; the engine's words where a console says nothing. */
function refusal(blocked, cause) {
  const { console: lines, words, reason } = blocked;
  const error = new TypeError(`${lines[0] ?? words} [${reason}]`, cause && { cause });
  return Object.assign(error, { blocked, reason });
}

/** What script gets to see of a response. */
function filteredResponse({ type, status, url, redirected, exposed }, response) {
  const isOpaque = type === "opaque" || type === "opaqueredirect";
  if (isOpaque) response.body?.cancel();
  const names = exposed && new Set(exposed);
  const headers = isOpaque ? [] : [...response.headers].filter(([name]) => !names || names.has(name));
  const body = isOpaque || WITHOUT_BODY.includes(status) ? null : response.body;
  const statusText = isOpaque ? "" : response.statusText;
  const visible = new Response(body, { headers, status: isOpaque ? 200 : status, statusText });
  const address = type === "opaque" ? "" : url.split("#", 1)[0];
  return saying(visible, { type, url: address, redirected, ...(isOpaque && { redirected: false, status: 0, ok: false }) });
}

/** A response that says `shown` of itself, and so do its clones. */
function saying(response, shown) {
  const clone = () => saying(Response.prototype.clone.call(response), shown);
  for (const [name, value] of Object.entries({ ...shown, clone })) {
    Object.defineProperty(response, name, { value, configurable: true });
  }
  return response;
}
