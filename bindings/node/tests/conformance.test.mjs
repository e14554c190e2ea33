/** The shared rows and scenarios, through this package's own door: verdicts are the Rust library's, to the letter. */

import { Policy, PolicyError, PreflightCache, corsFetch, explain, policyOf, replay } from "cors-engine";
import assert from "node:assert/strict";
import { test } from "node:test";
import { questionOf } from "./rows.mjs";
import { ENGINES, SCENARIOS, answersOfRust, corpus } from "./shared.mjs";

/** What this package answers, in the shape of `cors answer`. */
function answered({ policy, request }) {
  let decision;
  try {
    decision = new Policy(policy).decide(request);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return mistakes(error.errors);
  }
  const headers = {};
  for (const [name, value] of decision.headers) (headers[name] ??= []).push(value);
  const { kind, allows, reason, status, vary } = decision;
  return { kind, allowed: allows, reason, status, headers, vary };
}

function mistakes(errors) {
  const lines = errors.map(({ key, field, code, advice }) => JSON.stringify([key ?? field, code, advice]));
  return lines.sort();
}

const questions = corpus("server-peers").map(questionOf).filter(Boolean);

test("server rows are answered as in Rust", () => {
  const expected = answersOfRust(["answer"], questions);
  assert.ok(questions.length > 500 && expected.length === questions.length);
  questions.forEach((question, row) => {
    const rust = expected[row].errors ? mistakes(expected[row].errors) : expected[row];
    assert.deepEqual(answered(question), rust, JSON.stringify(question));
  });
});

test("an answer does not hang on what the policy was asked before", () => {
  const requests = questions.map(({ request }) => request);
  const policies = [
    { origins: ["https://a.example", "https://*.b.example"], methods: ["PUT"], request_headers: ["x-a"], max_age: 9 },
    { origins: ["*"], methods: ["*"], request_headers: ["*"], expose_headers: ["*"], null_origin: true },
    { origin: (origin) => origin.length % 2 === 0, originReads: ["x-tenant"], allowedHeaders: ["*", "authorization"] },
  ];
  for (const source of policies) {
    const asked = policyOf(source);
    for (const request of [...requests, ...requests.toReversed()]) {
      assert.deepEqual(asked.decide(request), policyOf(source).decide(request), JSON.stringify({ source, request }));
    }
  }
});

for (const name of SCENARIOS) {
  test(`scenarios of ${name} are replayed as in Rust`, () => {
    const scenarios = corpus(name);
    for (const engine of ENGINES) {
      const expected = answersOfRust(["replay", "--engine", engine], scenarios);
      assert.ok(scenarios.length > 50 && expected.length === scenarios.length);
      scenarios.forEach((scenario, place) => assert.deepEqual(replay(scenario, { engine }), expected[place]));
    }
  });

  test(`fetches of ${name} end as in Rust`, async () => {
    let compared = 0;
    for (const scenario of corpus(name).filter(canBeServed)) {
      const rust = replay(scenario, { engine: "spec" });
      const fetched = await fetchedSteps(scenario);
      fetched.forEach((end, place) => assert.deepEqual(end, endOf(rust.steps[place]), scenario.name));
      compared += fetched.length;
    }
    assert.ok(compared > 50, `${compared} compared`);
  });
}

/** Whether a `Response` can be what the servers of a scenario answer, and a `fetch` what its script does. */
function canBeServed({ steps }) {
  return steps.every(({ request, server = {} }) => {
    const bodies = ["bytes_len", "stream", "form", "blob_type"];
    if (request.upload_listener || request.mode === "navigate" || bodies.some((kind) => kind in (request.body ?? {}))) return false;
    const answers = Object.values(server).flatMap(({ preflight, actual }) => [preflight, actual].filter(Boolean));
    return answers.every((answer) => answer.status === undefined || (answer.status >= 200 && answer.status < 600));
  });
}

/** How the fetches of a scenario end when script makes them by `corsFetch`. */
async function fetchedSteps({ steps }) {
  let now = 0;
  let server;
  const send = async (url, { method, headers }) => {
    const isPreflight = method === "OPTIONS" && headers.some(([name]) => /^access-control-request-method$/i.test(name));
    const answers = server[url.split("#", 1)[0]];
    const answer = answers === undefined ? { status: 404 } : answers[isPreflight ? "preflight" : "actual"] ?? { error: true };
    if (answer.status === undefined) throw new TypeError("nothing came back");
    return { status: answer.status, statusText: "", headers: answer.headers ?? [], body: null };
  };
  const cache = new PreflightCache();
  const ends = [];
  for (const step of steps) {
    now += step.advance_s ?? 0;
    server = step.server ?? {};
    const { origin, url, body, ...init } = step.request;
    const fetch = corsFetch({ origin, fetch: send, cache, now: () => now });
    ends.push(await fetch(url, { ...init, body: bodyOf(body) }).then(seen, refused));
  }
  return ends;
}

function bodyOf(body) {
  if (!body) return undefined;
  return body.urlencoded ? new URLSearchParams() : body.text;
}

function seen({ type, status, url }) {
  return { outcome: "response", type, status: type.startsWith("opaque") ? 0 : status };
}

function refused(error) {
  const outcome = error.name === "InvalidRequestError" ? "invalid-request" : "network-error";
  return { outcome, reason: error.reason };
}

function endOf({ outcome, type, status, reason }) {
  return outcome === "response" ? { outcome, type, status: type.startsWith("opaque") ? 0 : status } : { outcome, reason };
}

test("host names are mapped as in Rust", () => {
  const names = [
    "bücher.example", "BÜCHER.example", "xn--bcher-kva.example", "faß.de", "ａｂｃ.example", "日本。example",
    "א1.example", "אa.example", "xn--a.example", "a‍b.example", "\u00ad.example", "é.", "☃.net", "ℕ.example", "a／b.example", "１.２.３.４",
  ];
  const scenario = (url) => ({ name: "x", steps: [{ request: { origin: "https://app.example", url } }] });
  const scenarios = names.map((name) => scenario(`https://${name}/`));
  const expected = answersOfRust(["replay", "--engine", "spec"], scenarios);
  scenarios.forEach((scenario, place) => assert.deepEqual(replay(scenario), expected[place], names[place]));
  assert.ok(new Set(expected.map(({ steps }) => steps[0].outcome)).size > 1, "some are no names");
  const [sent] = explain({ origin: "https://app.example", url: "https://bücher.example/" }).engines.spec.sent;
  assert.equal(sent.url, "https://xn--bcher-kva.example/");
});
