/**
 * Options as users of npm's `cors` know them, turned into a policy document. Where theirs would be unsafe or
 * would mean something else, the error says what to write.
 */

import { Policy, PolicyError } from "./policy.js";

/** Options that npm's `cors` calls otherwise than policy documents do. */
const KEYS = {
  origin: "origins",
  allowedHeaders: "request_headers",
  exposedHeaders: "expose_headers",
  optionsSuccessStatus: "preflight_status",
};

/** Options that are no part of a policy document. */
const BESIDE = ["environment", "originReads", "preflightContinue"];

/** Keys whose values npm's `cors` takes as one text with commas, too. */
const LISTS = ["methods", "request_headers", "expose_headers"];

/** The policy and what middleware has to know beside it, from options, a policy document or a policy. */
export function settingsOf(options) {
  if (isPolicy(options)) return { policy: options, preflightContinue: false };
  if (typeof options === "string") return { policy: new Policy(options), preflightContinue: false };
  if (options === null || typeof options !== "object") {
    throw mistake(
      "missing-options",
      "",
      'say who may read: { origin: "https://app.example" }, or { origin: "*" } for everybody without credentials',
    );
  }
  const { environment, originReads, preflightContinue = false } = options;
  const { document, names } = documentOf(options);
  const originPredicate = typeof document.origins === "function" ? document.origins : undefined;
  if (originPredicate) {
    requireVerdicts(originPredicate, originReads);
    delete document.origins;
  } else if (document.origins !== undefined) {
    document.origins = originsOf(document.origins);
  }
  for (const key of LISTS) {
    if (typeof document[key] === "string") document[key] = document[key].split(",").map((name) => name.trim());
  }
  if (preflightContinue) document.refused_preflight ??= "pass";
  try {
    const policy = new Policy(document, { environment, originPredicate, originReads });
    return { policy, preflightContinue };
  } catch (error) {
    throw error instanceof PolicyError ? inTheWordsOf(names, error) : error;
  }
}

/** The policy that options, or a policy document, say. */
export function policyOf(options) {
  return settingsOf(options).policy;
}

/** Whether it is a policy, be it one of the other copy of this package, for `import` or `require`. */
export function isPolicy(value) {
  return value instanceof Policy || typeof value?.answerTo === "function";
}

/** A policy document, and the names of the options that its keys came from. */
function documentOf(options) {
  const document = {};
  const names = {};
  for (const [name, value] of Object.entries(options)) {
    if (BESIDE.includes(name) || value === undefined || value === null) continue;
    const key = KEYS[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (key in document) throw mistake("duplicate-key", name, `${names[key]} says the same: keep one of the two`);
    document[key] = value;
    names[key] = name;
  }
  return { document, names };
}

function originsOf(origin) {
  if (origin === true) return ["*"];
  if (origin === false) {
    throw mistake("no-origins", "origin", "false would let nobody in: leave the middleware out instead");
  }
  const entries = Array.isArray(origin) ? origin : [origin];
  const pattern = entries.find((entry) => Object.prototype.toString.call(entry) === "[object RegExp]");
  if (pattern) {
    throw mistake(
      "origin-regular-expression",
      "origin",
      `${pattern} is a regular expression, and one that is a little too wide lets strangers in: list the origins, ` +
        'write "https://*.app.example" for the names under one, or give a function',
    );
  }
  return entries;
}

/** Two arguments are (origin, callback) in npm's `cors`, and here (origin, headers) with `originReads`. */
function requireVerdicts(originPredicate, originReads) {
  if (originPredicate.length > 1 && originReads === undefined) {
    throw mistake(
      "origin-callback",
      "origin",
      "there is no callback: give true or false, or a promise of one, as in origin: (origin) => tenants.has(origin)",
    );
  }
}

function mistake(code, key, advice) {
  return new PolicyError([{ code, key, value: "", advice }]);
}

/** Keys of errors as the options that they came from. */
function inTheWordsOf(names, error) {
  const renamed = ({ key, ...rest }) => {
    const [known, place = ""] = key.split(/(?=\[)/, 2);
    return { ...rest, key: (names[known] ?? known) + place };
  };
  return new PolicyError(error.errors.map(renamed));
}
