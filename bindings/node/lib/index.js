/** cors-engine: what browsers do about CORS, and what servers have to answer. */

export { corsFetch } from "./cors-fetch.js";
export { Fetch, InvalidRequestError, PreflightCache } from "./fetch.js";
export {
  UnusableCaptureError,
  explain,
  explainCapture,
  replay,
  vocabulary,
  wouldBrowserAllow,
} from "./judgements.js";
export { policyOf } from "./options.js";
export { Policy, PolicyError } from "./policy.js";
