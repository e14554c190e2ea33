/** One fetch of a browser as a state machine without I/O, and the preflight cache that outlasts it. */

import { door, released } from "./engine.js";
import { linesOf } from "./headers.js";

const releaseCache = released("free_cache");
const releaseFetch = released("free_fetch");

/** A request that cannot even be made: what `fetch()` throws. */
export class InvalidRequestError extends TypeError {
  name = "InvalidRequestError";

  constructor({ reason, words, standard, value }) {
    super(`${words.replace(/\.$/, "")}${value && `: ${value}`} [${reason}]`);
    Object.assign(this, { reason, words, standard, value });
  }
}

/** What earlier preflights allowed; the clock is the caller's. */
export class PreflightCache {
  /** For the engine. */
  handle = door.functions.new_cache();

  constructor() {
    releaseCache(this, this.handle);
  }

  /** Forgets everything. */
  clear() {
    door.functions.clear_cache(this.handle);
  }
}

export class Fetch {
  #handle;
  #cache;
  /** What is wanted next: `{send}`, or the end, `{response}` or `{blocked}`. */
  step;

  /**
   * Begins a fetch.
   *
   * @param request as in scenarios: `origin`, `url`, `method`, `mode`, `credentials`, `redirect`, `headers`, `body`
   * @param options the engine, the preflight cache, and the seconds since a fixed moment
   */
  constructor(request, { engine = "spec", cache = new PreflightCache(), now = 0 } = {}) {
    const begun = door.call("start_fetch", { engine, request: described(request), cache: cache.handle, now });
    if (begun.invalid) throw new InvalidRequestError(begun.invalid);
    this.#handle = begun.fetch;
    this.#cache = cache;
    this.step = begun.step;
    releaseFetch(this, begun.fetch);
  }

  /** Takes the response to the request that was last asked for, its `status` and `headers`; gives the next step. */
  receive({ status, headers }, now = 0) {
    return this.#goOn({ status, headers: linesOf(headers), now });
  }

  /** Says that no response came; gives the next step. */
  fail() {
    return this.#goOn({ status: null, headers: [], now: 0 });
  }

  #goOn(response) {
    const place = { fetch: this.#handle, cache: this.#cache.handle };
    this.step = door.call("continue_fetch", { ...place, ...response }).step;
    return this.step;
  }
}

/** A request with its headers as pairs. */
export function described({ headers, ...request }) {
  return { ...request, headers: linesOf(headers) };
}
