/** Compiled, not run: the types of every door as their users write. */

import { Fetch, Policy, PolicyError, PreflightCache, corsFetch, explain, explainCapture, policyOf, wouldBrowserAllow } from "cors-engine";
import type { CorsOptions, Decision, Engine, PolicyDocument } from "cors-engine";
import { cors as express } from "cors-engine/express";
import fastifyCors, { cors as sameFastifyCors } from "cors-engine/fastify";
import { cors as hono } from "cors-engine/hono";
import { cors as http } from "cors-engine/http";
import { withCors } from "cors-engine/web";
import connect from "connect";
import expressApp from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { CookieJar } from "tough-cookie";

const options: CorsOptions = { origin: ["https://app.example"], credentials: true, methods: "PUT", maxAge: 60 };
const document: PolicyDocument = { origins: ["https://app.example"], request_headers: ["x-a"], env: { dev: { origins: [] } } };
const policy = new Policy(document, { environment: "dev" });

expressApp().use(express(options));
connect().use(express(policy));
createServer((request, response) => http(document)(request, response, () => response.end()));
createSecureServer((request, response) => http(options)(request, response, () => response.end()));
fastify().register(fastifyCors, options);
fastify().register(sameFastifyCors, { policy });
new Hono().use(hono({ origin: async (origin, headers) => headers["x-tenant"] === origin, originReads: ["x-tenant"] }));
const handler: (request: Request, environment: { key: string }) => Promise<Response> = withCors(
  options,
  (request: Request, environment: { key: string }) => new Response(environment.key + request.url),
);

const decision: Decision = policyOf(options).decide({ method: "GET", headers: new Headers() });
const status: number | null = decision.status;
const engine: Engine = "gecko";
const allowed: boolean = wouldBrowserAllow({ origin: "null", url: "https://api.example/" }, policy, { engine }).allowed;
const fetch: typeof globalThis.fetch = corsFetch({ page: { location: { href: "https://app.example/" } }, engine, jar: new CookieJar() });
const machine = new Fetch({ origin: "null", url: "https://api.example/" }, { cache: new PreflightCache(), now: 0 });
if (machine.step.send) machine.receive({ status: 204, headers: [["vary", "origin"]] });
const codes: string[] = explain({ origin: "null", url: "https://api.example/" }).causes.map(({ code }) => code);
explainCapture("", { format: "har", meant: { origin: "https://app.example" } }).fetches.length;
try {
  policyOf("{}");
} catch (error) {
  if (error instanceof PolicyError) error.errors.map(({ advice }) => advice);
}

// @ts-expect-error a regular expression is no origin
http({ origin: /app/ });
// @ts-expect-error there is no such option
http({ origins_: [] });
// @ts-expect-error npm's callback is not taken
http({ origin: (origin: string, callback: (error: null, allow: boolean) => void) => callback(null, true) });
// @ts-expect-error a misspelt engine
corsFetch({ page: "https://app.example/", engine: "firefox" });

export { allowed, codes, fetch, handler, status };
