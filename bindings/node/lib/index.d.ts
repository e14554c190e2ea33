/** cors-engine: what browsers do about CORS, and what servers have to answer. */

/** The Fetch Standard, and the three browsers: Chromium, Firefox and Safari. */
export type Engine = "spec" | "chromium" | "gecko" | "webkit";

/** Header lines: a `Headers`, pairs, or an object. */
export type HeaderLines =
  | Iterable<readonly [string, string]>
  | { readonly [name: string]: string | number | readonly string[] | undefined | null };

/**
 * A policy document: what a policy consists of. Every key may be left out.
 *
 * @see docs/policies.md in the repository
 */
export interface PolicyDocument {
  /** Origins that may read; `*.` stands for the names under one, `:*` for every port, `*` alone for everybody. */
  origins?: string[];
  /** Whether sandboxed pages and files, whose origin is `null`, may read. */
  null_origin?: boolean;
  /** Whether requests may carry cookies. */
  credentials?: boolean;
  /** Methods beside GET, HEAD and POST. */
  methods?: string[];
  /** Request headers beside those that need no permission. */
  request_headers?: string[];
  /** Response headers that script may see beside those that it always may. */
  expose_headers?: string[];
  /** Seconds for which browsers may remember a preflight. */
  max_age?: number;
  /** Origins that may see how long a request took. */
  timing_allow_origins?: string[];
  /** The status of an allowed preflight. */
  preflight_status?: number;
  /** What becomes of a preflight that is refused: the application gets it, or a bare answer or 403 goes out. */
  refused_preflight?: "pass" | "bare" | "forbid";
  dangerous_reflect_any_origin_with_credentials?: boolean;
  dangerous_null_origin_with_credentials?: boolean;
  dangerous_insecure_origins_with_credentials?: boolean;
  dangerous_public_suffix_subdomains?: boolean;
  /** What is otherwise in an environment, by its name. */
  env?: { [environment: string]: Omit<PolicyDocument, "env"> };
}

/** A program's own rule about origins. It sees the request headers that `originReads` names, in lower case. */
export type OriginFunction = (
  origin: string,
  headers: { readonly [name: string]: string | undefined },
) => boolean | Promise<boolean>;

/** Options by the names of npm's `cors` where they mean the same, else by those of policy documents. */
export interface CorsOptions {
  /** An origin, origins, a function, or `true` or `"*"` for everybody without credentials. */
  origin?: string | readonly string[] | true | OriginFunction;
  /** The request headers that an origin function reads. */
  originReads?: readonly string[];
  /** Whether sandboxed pages and files, whose origin is `null`, may read. */
  nullOrigin?: boolean;
  /** Whether requests may carry cookies. */
  credentials?: boolean;
  /** Methods beside GET, HEAD and POST: a list, or one text with commas. */
  methods?: string | readonly string[];
  /** Request headers beside those that need no permission. */
  allowedHeaders?: string | readonly string[];
  /** Response headers that script may see beside those that it always may. */
  exposedHeaders?: string | readonly string[];
  /** Seconds for which browsers may remember a preflight. */
  maxAge?: number;
  /** Origins that may see how long a request took. */
  timingAllowOrigins?: readonly string[];
  /** The status of an allowed preflight: 204, unless it is said. */
  optionsSuccessStatus?: number;
  /** What becomes of a preflight that is refused: the application gets it, or a bare answer or 403 goes out. */
  refusedPreflight?: "pass" | "bare" | "forbid";
  /** Whether the application gets preflights, too, with the answer on its response. */
  preflightContinue?: boolean;
  /** The environment that is chosen in `env`. */
  environment?: string;
  dangerousReflectAnyOriginWithCredentials?: boolean;
  dangerousNullOriginWithCredentials?: boolean;
  dangerousInsecureOriginsWithCredentials?: boolean;
  dangerousPublicSuffixSubdomains?: boolean;
}

/** What middleware is made from: options, a policy document, its text in JSON, or a policy. */
export type PolicySource = CorsOptions | PolicyDocument | string | Policy;

/** What a policy says to one request. */
export interface Decision {
  kind: "not-cors" | "actual" | "preflight";
  /** A stable code. */
  reason: string;
  /** The reason as a sentence. */
  words: string;
  /** Whether script may read the response, or make the request that it asked for. */
  allows: boolean;
  /** The status to answer with at once; `null` to let the application answer. */
  status: number | null;
  /** Header lines for the response, names in lower case. */
  headers: [string, string][];
  /** The request headers that `Vary` has to name. */
  vary: string[];
  /** The response headers that the application must not keep. */
  removes: string[];
}

/** Something that is wrong with a policy, and what to write instead. */
export interface Mistake {
  code: string;
  key: string;
  value: string;
  advice: string;
  /** Where it is, if the document was a text. */
  line?: number | null;
  column?: number | null;
}

/** Something in a policy that is worth a second look. */
export interface Finding {
  kind: string;
  code: string;
  key: string;
  value: string;
  words: string;
  line?: number | null;
  column?: number | null;
}

/** A policy that does not build: everything that is wrong with it. */
export class PolicyError extends Error {
  readonly errors: Mistake[];
}

/** What a server says to requests. It does not change once it is built. */
export class Policy {
  /** @throws PolicyError */
  constructor(
    document: PolicyDocument | string,
    options?: { environment?: string; originPredicate?: OriginFunction; originReads?: readonly string[] },
  );
  /** What in a policy document is worth a second look. */
  static audit(document: PolicyDocument | string, options?: { environment?: string }): Finding[];
  /** What to answer to a request. */
  decide(request: { method?: string; headers?: HeaderLines }): Decision;
  /** As `decide`, for a policy whose origin function gives a promise. */
  decideAsync(request: { method?: string; headers?: HeaderLines }): Promise<Decision>;
  /** What each engine makes of a server with this policy when script makes a request. */
  verify(request: FetchRequest): { engines: Record<Engine, Judgement & { meant: boolean }> };
  /** The canonical document: building it gives this policy again. */
  toJSON(): PolicyDocument;
}

/** The policy that options, or a policy document, say. */
export function policyOf(options: PolicySource): Policy;

/** What script passes to `fetch()`, and the origin of its page. */
export interface FetchRequest {
  origin: string;
  /** An absolute URL. */
  url: string;
  method?: string;
  mode?: "cors" | "no-cors" | "same-origin" | "navigate";
  credentials?: "omit" | "same-origin" | "include";
  redirect?: "follow" | "error" | "manual";
  cache?: "default" | "no-store" | "reload" | "no-cache" | "force-cache" | "only-if-cached";
  headers?: HeaderLines;
  body?:
    | { text: string }
    | { bytes_len: number }
    | { stream: true }
    | { form: true }
    | { urlencoded: true }
    | { blob_type: string }
    | null;
  upload_listener?: boolean;
}

/** A request that cannot even be made: what `fetch()` throws. */
export class InvalidRequestError extends TypeError {
  readonly reason: string;
  readonly words: string;
  readonly standard: string;
  readonly value: string;
}

/** What earlier preflights allowed. */
export class PreflightCache {
  /** Forgets everything. */
  clear(): void;
}

/** A request that a fetch has to make. */
export interface Send {
  exchange: "preflight" | "actual";
  method: string;
  url: string;
  headers: [string, string][];
  /** Whether it carries cookies, and may set some. */
  credentials: boolean;
}

/** What script gets. */
export interface FilteredResponse {
  type: "basic" | "cors" | "opaque" | "opaqueredirect";
  status: number;
  url: string;
  redirected: boolean;
  timing_allowed: boolean;
  /** The names of the headers that script sees. */
  exposed: string[] | null;
}

/** Why a fetch ended in a network error. */
export interface Blocked {
  engine: Engine;
  /** A stable code, such as `missing-allow-origin`. */
  reason: string;
  words: string;
  /** The rule in the standard. */
  standard: string;
  value: string;
  exchange: "preflight" | "actual" | null;
  hop: number;
  status: number | null;
  url: string;
  /** What the browser's console prints. */
  console: string[];
}

/** What a fetch wants next, or how it ended. */
export type Step =
  | { send: Send; response?: undefined; blocked?: undefined }
  | { response: FilteredResponse; send?: undefined; blocked?: undefined }
  | { blocked: Blocked; send?: undefined; response?: undefined };

/** One fetch of a browser as a state machine without I/O. */
export class Fetch {
  /** @throws InvalidRequestError */
  constructor(request: FetchRequest, options?: { engine?: Engine; cache?: PreflightCache; now?: number });
  readonly step: Step;
  /** Takes the response to the request that was last asked for; `now` in seconds since a fixed moment. */
  receive(response: { status: number; headers: HeaderLines }, now?: number): Step;
  /** Says that no response came. */
  fail(): Step;
}

/** What keeps cookies, such as a `CookieJar` of tough-cookie. */
export interface Jar {
  getCookieString(url: string): string | Promise<string>;
  setCookie(cookie: string, url: string): unknown;
}

/** The error that `corsFetch` throws where a browser refuses. */
export interface BlockedError extends TypeError {
  reason: string;
  blocked: Blocked;
}

/**
 * A `fetch` that is refused what a browser would refuse, for test suites in Node.
 *
 * `page` is the URL of the page or its window; `origin` is the page's unless it is said.
 */
export function corsFetch(options: {
  page?: string | URL | { readonly location: { readonly href: string } };
  origin?: string;
  engine?: Engine;
  /** What sends requests: Node's own `fetch`, unless it is said. */
  fetch?: typeof globalThis.fetch;
  jar?: Jar;
  cache?: PreflightCache;
  /** Seconds since a fixed moment, for what preflights are remembered. */
  now?: () => number;
}): (input: string | URL | { readonly url: string }, init?: object) => Promise<Response>;

/** An exchange that was seen: without a status, no answer came. */
export interface SeenExchange {
  exchange: "preflight" | "actual";
  /** The request's, unless it is said. */
  url?: string;
  status?: number | null;
  headers?: HeaderLines;
  /** The preflight was not made, since an earlier one was remembered. */
  remembered?: boolean;
}

/** What one engine makes of a request. */
export interface Judgement {
  /** `thrown`: by `fetch()` itself; `undecided`: it depends on the answer to `ask`. */
  verdict: "allowed" | "blocked" | "thrown" | "undecided";
  type?: FilteredResponse["type"];
  status?: number;
  reason?: string;
  words?: string;
  console?: string[];
  /** The command of curl that makes the request whose answer is missing. */
  ask?: string;
  /** The requests that it makes, in order. */
  sent?: Omit<Send, "credentials">[];
  [more: string]: unknown;
}

/** The part of a report that is about one fetch; `cors explain --json` prints the same. */
export interface Explanation {
  engines: Record<Engine, Judgement>;
  causes: { code: string; words: string; remedy?: string; [more: string]: unknown }[];
  advice: { answers: unknown[]; notes: unknown[]; remaining: object };
  browsers_disagree: boolean;
  [more: string]: unknown;
}

/** What every engine makes of a request, why, and what to change on the server. */
export function explain(
  request: FetchRequest,
  exchanges?: readonly SeenExchange[],
  options?: { elsewhere?: readonly SeenExchange[] },
): Explanation;

/** A capture that is of no use. */
export class UnusableCaptureError extends Error {
  readonly code: string;
  readonly line: number | null;
}

/** Explains every fetch of a capture: a HAR, a text of `curl -v` or `curl -i`, or HTTP messages. */
export function explainCapture(
  text: string,
  options?: {
    source?: string;
    format?: "har" | "curl-verbose" | "curl-include" | "raw";
    meant?: Partial<Pick<FetchRequest, "origin" | "url" | "method" | "headers" | "credentials">>;
  },
): { fetches: Explanation[]; [more: string]: unknown };

/** Whether a browser would let script read the answer to a request. */
export interface Verdict {
  allowed: boolean;
  verdict: "allowed" | "blocked" | "thrown";
  type: FilteredResponse["type"] | "";
  reason?: string;
  words?: string;
  console: string[];
}

/**
 * Whether a browser would let script read the answer to a request. It throws when that depends on an answer that
 * is missing.
 *
 * The server is a policy, or its responses: each a `Response` or a status and headers.
 */
export function wouldBrowserAllow(
  request: FetchRequest,
  server: Policy | { preflight?: SeenResponse; actual?: SeenResponse },
  options?: { engine?: Engine },
): Verdict;

export interface SeenResponse {
  readonly status: number;
  readonly headers: HeaderLines;
}

/** Runs a scenario of the repository's `tests/corpus` in one browser context of an engine. */
export function replay(scenario: object, options?: { engine?: Engine }): { name: string; steps: object[] };

/** Every engine and every code with its words. */
export function vocabulary(): {
  engines: { name: Engine; browser: string | null }[];
  reasons: { code: string; words: string; standard: string }[];
  answer_reasons: { code: string; words: string; standard: string; allows: boolean }[];
  config_errors: { code: string; words: string }[];
  findings: { code: string; kind: string; words: string }[];
};
