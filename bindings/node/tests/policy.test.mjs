/** Policies and options: what they take, what they refuse, and in which words. */

import { Policy, PolicyError, UnusableCaptureError, explain, explainCapture, policyOf, vocabulary, wouldBrowserAllow } from "cors-engine";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const APP = "https://app.example";
const preflight = (method, origin = APP) => ({
  method: "OPTIONS",
  headers: { Origin: origin, "Access-Control-Request-Method": method },
});

const errorsOf = (make) => {
  try {
    make();
  } catch (error) {
    assert.ok(error instanceof PolicyError, String(error));
    return error.errors;
  }
  assert.fail("it was taken");
};

test("options by the names of npm's cors", () => {
  const policy = policyOf({
    origin: [APP, "https://*.app.example"],
    methods: "PUT, DELETE",
    allowedHeaders: ["X-A", "X-B"],
    exposedHeaders: "X-C",
    credentials: true,
    maxAge: 60,
    optionsSuccessStatus: 200,
  });
  assert.deepEqual(policy.decide(preflight("PUT")), {
    kind: "preflight",
    reason: "origin-listed",
    words: "The policy lists the origin.",
    allows: true,
    status: 200,
    headers: [
      ["access-control-allow-origin", APP],
      ["access-control-allow-credentials", "true"],
      ["access-control-allow-methods", "DELETE,PUT"],
      ["access-control-max-age", "60"],
      ["access-control-allow-headers", "x-a,x-b"],
    ],
    vary: ["origin", "access-control-request-method", "access-control-request-headers"],
    removes: policy.decide(preflight("PUT")).removes,
  });
  assert.equal(policy.decide(preflight("PATCH")).reason, "method-not-allowed");
  assert.equal(policy.decide(preflight("PUT", "https://shop.app.example")).reason, "origin-matches-pattern");
});

test("a policy, its document and its text are the same", () => {
  const document = { origins: [APP], methods: ["PUT"], max_age: 5 };
  const expected = new Policy(document).decide(preflight("PUT"));
  const sources = [document, JSON.stringify(document), new Policy(document), { origin: APP, methods: "PUT", maxAge: 5 }];
  for (const source of sources) assert.deepEqual(policyOf(source).decide(preflight("PUT")), expected);
  assert.deepEqual(new Policy(new Policy(document).toJSON()).toJSON(), new Policy(document).toJSON());
});

test("environments", () => {
  const document = { origins: [APP], env: { development: { origins: ["http://localhost:*"] } } };
  const request = { headers: { origin: "http://localhost:5173" } };
  assert.equal(new Policy(document).decide(request).allows, false);
  assert.equal(new Policy(document, { environment: "development" }).decide(request).allows, true);
  assert.equal(policyOf({ ...document, environment: "development" }).decide(request).allows, true);
});

test("what is unsafe is refused, in the words of the options", () => {
  const [star] = errorsOf(() => policyOf({ origin: true, credentials: true }));
  assert.deepEqual([star.code, star.key], ["any-origin-with-credentials", "origin[0]"]);
  assert.equal(errorsOf(() => policyOf())[0].code, "missing-options");
  assert.equal(errorsOf(() => policyOf({ origin: false }))[0].code, "no-origins");
  assert.equal(errorsOf(() => policyOf({ origin: [APP, /app\.example$/] }))[0].code, "origin-regular-expression");
  assert.equal(errorsOf(() => policyOf({ origin: (origin, callback) => callback(null, true) }))[0].code, "origin-callback");
  assert.equal(errorsOf(() => policyOf({ origin: APP, origins: [APP] }))[0].code, "duplicate-key");
  const mistakes = errorsOf(() => policyOf({ origin: APP, allowedHeaders: "x-a, cookie", maxAgee: 9 }));
  assert.deepEqual(Object.fromEntries(mistakes.map(({ key, code }) => [key, code])), {
    maxAgee: "unknown-key",
    "allowedHeaders[1]": "request-header-forbidden",
  });
  const [insecure] = errorsOf(() => policyOf({ origin: "http://app.example", credentials: true }));
  assert.equal(insecure.key, "origin[0]");
  assert.match(new PolicyError([insecure]).message, /^origin\[0\]: "http:\/\/app\.example": .* \[insecure-origin-with-credentials\]$/);
});

test("a text says where its errors are, an object does not", () => {
  assert.deepEqual(errorsOf(() => new Policy('{\n  "max_age": "soon"\n}')).map(({ line, column }) => [line, column]), [[2, 14]]);
  assert.deepEqual(errorsOf(() => new Policy({ max_age: "soon" })).map(({ line }) => line), [undefined]);
});

test("an origin function is asked only where it matters", () => {
  const asked = [];
  const policy = policyOf({
    origin: (origin, headers) => asked.push([origin, headers]) && headers["x-tenant"] === "blue",
    originReads: ["X-Tenant"],
  });
  const headers = { origin: APP, "x-tenant": "blue" };
  assert.equal(policy.decide({ headers }).reason, "origin-accepted-by-predicate");
  assert.deepEqual(policy.decide({ headers }).vary, ["origin", "x-tenant"]);
  assert.equal(policy.decide({ headers: [...Object.entries(headers), ["X-Tenant", "blue"]] }).allows, false);
  assert.equal(policy.decide({ headers: { "x-tenant": "blue" } }).reason, "no-origin");
  assert.equal(policy.decide({ headers: { ...headers, origin: "nonsense" } }).allows, false);
  assert.deepEqual(asked, [
    [APP, { "x-tenant": "blue" }],
    [APP, { "x-tenant": "blue" }],
    [APP, { "x-tenant": undefined }],
  ]);
});

test("an origin function may promise", async () => {
  const policy = policyOf({ origin: async (origin) => origin === APP });
  assert.throws(() => policy.decide({ headers: { origin: APP } }), /decideAsync/);
  const others = Promise.all(["https://a.example", APP, "https://b.example"].map((origin) => policy.decideAsync({ headers: { origin } })));
  assert.deepEqual((await others).map(({ allows }) => allows), [false, true, false]);
  await assert.rejects(policyOf({ origin: async () => "yes" }).decideAsync({ headers: { origin: APP } }), TypeError);
  await assert.rejects(policyOf({ origin: async () => { throw new Error("down"); } }).decideAsync({ headers: { origin: APP } }), /down/);
  assert.equal(policyOf({ origin: [APP] }).decide({ headers: { origin: APP } }).allows, true);
});

test("headers of any length and with any bytes", () => {
  const policy = new Policy({ origins: [APP], request_headers: ["*"], methods: ["*"] });
  for (const length of [1, 20_000, 300_000]) {
    const { headers } = policy.decide({
      method: "OPTIONS",
      headers: { origin: APP, "access-control-request-method": "GET", "access-control-request-headers": "x".repeat(length) },
    });
    const allowed = headers.find(([name]) => name === "access-control-allow-headers");
    assert.ok(allowed === undefined || allowed[1].length === length);
    assert.equal(policy.decide({ headers: { origin: APP } }).allows, true);
  }
  assert.equal(policy.decide({ headers: { origin: "https://é\u00ff.example" } }).reason, "origin-not-serialized");
  assert.equal(policy.decide({ headers: { origin: "https://日本.example" } }).allows, false);
});

test("policies are forgotten", () => {
  for (let round = 0; round < 2000; round++) new Policy({ origins: [`https://tenant${round}.example`] }).decide(preflight("GET"));
});

test("findings", () => {
  const findings = Policy.audit({ origins: [APP, APP], methods: ["GET"] });
  assert.ok(findings.length > 0 && findings.every(({ code, words }) => code && words));
  assert.equal(errorsOf(() => Policy.audit('{"origin": 1}')).length, 1);
});

test("what a browser does with a response", () => {
  const request = { origin: APP, url: "https://api.example/", credentials: "include" };
  const star = new Response("", { headers: { "Access-Control-Allow-Origin": "*" } });
  const blocked = wouldBrowserAllow(request, { actual: star }, { engine: "chromium" });
  assert.deepEqual([blocked.allowed, blocked.reason], [false, "wildcard-allow-origin-with-credentials"]);
  assert.match(blocked.console[0], /^Access to fetch at 'https:\/\/api\.example\/'/);
  assert.equal(wouldBrowserAllow({ ...request, credentials: "omit" }, { actual: star }).allowed, true);
  assert.equal(wouldBrowserAllow({ ...request, credentials: "omit", mode: "no-cors" }, { actual: star }).allowed, false);
  assert.throws(() => wouldBrowserAllow({ ...request, credentials: "omit", method: "PUT" }, { actual: star }), /missing.*curl.*OPTIONS/);
  assert.throws(() => wouldBrowserAllow(request, { actual: star }, { engine: "opera" }), /no engine opera/);
  const policy = policyOf({ origin: APP, credentials: true, methods: "PUT" });
  assert.equal(wouldBrowserAllow({ ...request, method: "PUT" }, policy).allowed, true);
  assert.equal(wouldBrowserAllow({ ...request, method: "DELETE" }, policy).reason, "missing-allow-origin");
});

test("a request that fetch() would throw for", () => {
  const request = { origin: APP, url: "https://api.example/", method: "TRACE" };
  assert.equal(explain(request).engines.spec.verdict, "thrown");
});

test("captures", () => {
  const capture = `GET /items HTTP/1.1\nHost: api.example\nOrigin: ${APP}\nSec-Fetch-Mode: cors\n\nHTTP/1.1 200 OK\n\n`;
  const { fetches } = explainCapture(capture, { meant: { url: "https://api.example/items" } });
  assert.equal(fetches[0].engines.gecko.reason, "missing-allow-origin");
  assert.throws(() => explainCapture("nothing", { source: "mail.txt" }), (error) => {
    assert.ok(error instanceof UnusableCaptureError);
    return error.message.startsWith("mail.txt: ") && error.code.length > 0;
  });
  assert.throws(() => explainCapture(capture, { meant: { origin: "app" } }), ({ code }) => code === "bad-origin");
});

test("every code has words", () => {
  const { engines, ...lists } = vocabulary();
  assert.deepEqual(engines.map(({ name }) => name), ["spec", "chromium", "gecko", "webkit"]);
  for (const list of Object.values(lists)) assert.ok(list.length > 5 && list.every(({ code, words }) => code && words));
});

test("the same by require, and with policies of the other copy", () => {
  const require = createRequire(import.meta.url);
  const { Policy: Required } = require("cors-engine");
  const document = { origins: [APP], methods: ["PUT"] };
  assert.deepEqual(new Required(document).decide(preflight("PUT")), new Policy(document).decide(preflight("PUT")));
  for (const name of ["http", "express", "fastify", "hono", "web"]) {
    assert.equal(typeof Object.values(require(`cors-engine/${name}`))[0], "function", name);
  }
  assert.equal(policyOf(new Required(document)).decide(preflight("PUT")).allows, true);
  assert.equal(typeof require("cors-engine/http").cors(new Policy(document)), "function");
});
