/** Policies: what a server says to a request. The engine decides; answers are remembered by their form. */

import { ABSENT } from "./door.js";
import { door, released } from "./engine.js";
import { InvalidRequestError, described } from "./fetch.js";
import { linesOf, onlyLine } from "./headers.js";

/** What the engine says for an answer that takes over a part of a request header. */
const NO_FORM = -1;

const release = released("free_policy");

/** A policy that does not build: everything that is wrong with it. */
export class PolicyError extends Error {
  name = "PolicyError";

  /** @param {Array<{code: string, key: string, value: string, advice: string}>} errors */
  constructor(errors) {
    super(errors.map(sentence).join("\n"));
    this.errors = errors;
  }
}

function sentence({ line, column, key, value, advice, code }) {
  const place = line ? `${line}:${column}: ` : "";
  return `${place}${key && `${key}: `}${value && `${JSON.stringify(value)}: `}${advice} [${code}]`;
}

export class Policy {
  #handle;
  #predicate;
  #reads;
  #forms = new Map();

  /**
   * @param document a policy document: an object, or a text of JSON
   * @param options the environment that is chosen in it, and a predicate with the headers that it reads
   */
  constructor(document, { environment, originPredicate, originReads = [] } = {}) {
    const built = door.call("build_policy", source(document, environment, originPredicate && originReads));
    if (built.errors) throw new PolicyError(withPlaces(built.errors, document));
    this.#handle = built.policy;
    this.#predicate = originPredicate;
    this.#reads = originReads.map((name) => name.toLowerCase());
    release(this, built.policy);
  }

  /** What in a policy document is worth a second look. */
  static audit(document, { environment } = {}) {
    const audited = door.call("audit_policy", source(document, environment));
    if (audited.errors) throw new PolicyError(withPlaces(audited.errors, document));
    return withPlaces(audited.findings, document);
  }

  /** The canonical document: building it gives this policy again. */
  toJSON() {
    return door.read(door.functions.describe_policy(this.#handle));
  }

  /** Lets every engine make a request to a server with this policy. */
  verify(request) {
    const verified = door.call("verify", { policy: this.#handle, request: described(request) });
    if (verified.invalid) throw new InvalidRequestError(verified.invalid);
    return verified;
  }

  /** What to answer to a request: `method` and `headers`. */
  decide(request) {
    const answer = this.answerTo(request);
    if (answer instanceof Promise) {
      answer.catch(() => {});
      throw new TypeError("the origin function gave a promise: use decideAsync, or give true or false");
    }
    return decision(answer);
  }

  /** As `decide`, for a policy with an origin function that gives a promise. */
  async decideAsync(request) {
    return decision(await this.answerTo(request));
  }

  /** The answer to a request with any kind of headers; a promise if the origin function gives one. */
  answerTo({ method = "GET", headers = {} }) {
    const lines = linesOf(headers);
    const only = (name) => onlyLine(lines, name);
    const origin = only("origin");
    const requestMethod = only("access-control-request-method");
    const requestHeaders = only("access-control-request-headers");
    const isPlain = origin !== null && requestMethod !== null && requestHeaders !== null;
    const ask = isPlain
      ? () => this.#answer(method, origin, requestMethod, requestHeaders)
      : () => this.#answerLines(method, lines);
    return this.#predicate ? this.#askPredicate(ask, origin, only) : ask();
  }

  /**
   * The answer to the head of a request whose headers came once, or joined by commas: the way of every
   * request through a server. `header` gives the headers that an origin function reads.
   */
  answer(method, origin, requestMethod, requestHeaders, header) {
    if (this.#predicate === undefined) return this.#answer(method, origin, requestMethod, requestHeaders);
    return this.#askPredicate(() => this.#answer(method, origin, requestMethod, requestHeaders), origin, header);
  }

  #answer(method, origin, requestMethod, requestHeaders) {
    // The method and the headers lie in memory one after the other, as byte strings.
    const originPlace = method.length;
    const methodPlace = originPlace + lengthOf(origin);
    const headersPlace = methodPlace + lengthOf(requestMethod);
    const room = door.room(headersPlace + lengthOf(requestHeaders));
    let wide = write(room, 0, method);
    if (origin !== undefined) wide |= write(room, originPlace, origin);
    if (requestMethod !== undefined) wide |= write(room, methodPlace, requestMethod);
    if (requestHeaders !== undefined) wide |= write(room, headersPlace, requestHeaders);
    const originLength = origin === undefined ? ABSENT : origin.length;
    const requestMethodLength = requestMethod === undefined ? ABSENT : requestMethod.length;
    const requestHeadersLength = requestHeaders === undefined ? ABSENT : requestHeaders.length;
    const { answer, answer_form } = door.functions;
    const number =
      wide > 0xff
        ? NO_FORM
        : answer(this.#handle, method.length, originLength, requestMethodLength, requestHeadersLength);
    let form = this.#forms.get(number);
    if (form === undefined) {
      if (number === NO_FORM) return this.#answerLines(method, present({ origin, requestMethod, requestHeaders }));
      const length = answer_form(this.#handle, method.length, originLength, requestMethodLength, requestHeadersLength);
      form = new Form(door.read(length));
      this.#forms.set(number, form);
    }
    return new Answer(form, origin, requestMethod, requestHeaders);
  }

  /** The answer to a request with any number of header lines. */
  #answerLines(method, headers) {
    return new Answer(new Form(door.call("answer_lines", { policy: this.#handle, method, headers })));
  }

  /** Asks once without the origin function, and again with what it says if that matters. */
  #askPredicate(ask, origin, header) {
    const { set_predicate, predicate_was_asked } = door.functions;
    const answer = ask();
    const wasAsked = predicate_was_asked();
    set_predicate(0);
    if (!wasAsked) return answer;
    const told = (verdict) => {
      if (typeof verdict !== "boolean") {
        throw new TypeError("an origin function has to give true or false, or a promise of one");
      }
      set_predicate(verdict ? 2 : 1);
      try {
        return ask();
      } finally {
        set_predicate(0);
      }
    };
    const named = Object.fromEntries(this.#reads.map((name) => [name, header(name) ?? undefined]));
    const verdict = this.#predicate(origin.trim(), named);
    return typeof verdict?.then === "function" ? Promise.resolve(verdict).then(told) : told(verdict);
  }
}

/** What answers of one form have in common. */
class Form {
  constructor({ kind, reason, words, allows, status, removes, headers, vary }) {
    this.kind = kind;
    this.reason = reason;
    this.words = words;
    this.allows = allows;
    this.status = status;
    this.removes = new Set(removes);
    this.vary = vary;
    this.varyValue = vary.join(", ");
    this.headers = headers;
    /** Whether a header of the answer comes on several lines. */
    this.hasRepeats = new Set(headers.map(([name]) => name)).size < headers.length;
    this.varyMerged = new Map();
  }
}

/** How many of an application's values of `Vary` are remembered with a form. */
const MERGED = 32;

/** An answer to one request. Its headers are those to send beside `Vary`. */
class Answer {
  constructor(form, origin, requestMethod, requestHeaders) {
    this.form = form;
    this.origin = origin;
    this.requestMethod = requestMethod;
    this.requestHeaders = requestHeaders;
  }

  /** The status to answer with at once, or `null` to pass the request on to the application. */
  get status() {
    return this.form.status;
  }

  /** A header's value: the policy's own, or one of the request's, by its number. */
  value(source) {
    switch (source) {
      case 1:
        return this.origin;
      case 2:
        return this.requestMethod;
      case 3:
        return this.requestHeaders;
      default:
        return source;
    }
  }

  /** The header lines, names in lower case. */
  headers() {
    return this.form.headers.map(([name, source]) => [name, this.value(source)]);
  }

  /** What `Vary` becomes where the application says `vary`, which may be several lines or nothing. */
  varyBeside(vary) {
    const { form } = this;
    if (vary === undefined || vary === null || form.vary.length === 0) return form.varyValue || vary;
    const lines = Array.isArray(vary) ? vary.map(String) : [String(vary)];
    const key = lines.join("\n");
    let merged = form.varyMerged.get(key);
    if (merged === undefined) {
      merged = [...lines, ...door.call("missing_vary", { lines, names: form.vary })].join(", ");
      if (form.varyMerged.size < MERGED) form.varyMerged.set(key, merged);
    }
    return merged;
  }
}

function decision(answer) {
  const { kind, reason, words, allows, status, removes, vary } = answer.form;
  return { kind, reason, words, allows, status, headers: answer.headers(), vary: [...vary], removes: [...removes] };
}

function lengthOf(value) {
  return value === undefined ? 0 : value.length;
}

/** Writes a byte string; gives a number above 255 if it is none. */
function write(room, place, text) {
  let wide = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    room[place + index] = code;
    wide |= code;
  }
  return wide;
}

function present({ origin, requestMethod, requestHeaders }) {
  return [
    ["origin", origin],
    ["access-control-request-method", requestMethod],
    ["access-control-request-headers", requestHeaders],
  ].filter(([, value]) => value !== undefined);
}

function source(document, environment, reads) {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return { document: text, environment: environment ?? null, predicate_reads: reads ?? null };
}

/** A place means nothing to somebody who wrote an object. */
function withPlaces(remarks, document) {
  if (typeof document === "string") return remarks;
  return remarks.map(({ line, column, ...remark }) => remark);
}
