/** Middleware in real servers on loopback, asked as browsers ask and as nobody should. */

import { Policy } from "cors-engine";
import { cors } from "cors-engine/http";
import { withCors } from "cors-engine/web";
import assert from "node:assert/strict";
import { createServer, request as httpRequest } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { test } from "node:test";
import { served } from "./shared.mjs";

const APP = "https://app.example";
const OPTIONS = { origin: APP, credentials: true, methods: ["PUT"], exposedHeaders: "x-own" };
const SERVERS = ["http", "connect", "express", "fastify", "hono", "web"];

/** Asks over the wire; gives the status and the CORS header lines, names in lower case, and `vary`. */
function ask(url, { method = "GET", headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { method, headers, agent: false }, (response) => {
      const lines = {};
      for (let place = 0; place < response.rawHeaders.length; place += 2) {
        (lines[response.rawHeaders[place].toLowerCase()] ??= []).push(response.rawHeaders[place + 1]);
      }
      response.resume().on("end", () => resolve({ status: response.statusCode, lines }));
    });
    asked.on("error", reject).end();
  });
}

const corsOf = ({ lines }) => Object.fromEntries(Object.entries(lines).filter(([name]) => name.startsWith("access-control-")));
const READABLE = {
  "access-control-allow-origin": [APP],
  "access-control-allow-credentials": ["true"],
  "access-control-expose-headers": ["x-own"],
};

for (const name of SERVERS) {
  test(`${name}: every response has the answer, whatever its status`, async (t) => {
    const { url, close } = await served(name, OPTIONS);
    t.after(close);
    for (const [path, status] of [["/items", 200], ["/own", 200], ["/broken", 500], ["/nowhere", 404]]) {
      const asked = await ask(url + path, { headers: { Origin: APP } });
      assert.equal(asked.status, status, path);
      assert.deepEqual(corsOf(asked), READABLE, path);
      const vary = asked.lines.vary.join(", ").toLowerCase();
      assert.equal(vary, path === "/own" ? "accept-encoding, origin" : "origin", path);
      const stranger = await ask(url + path, { headers: { Origin: "https://evil.example" } });
      assert.deepEqual([stranger.status, corsOf(stranger)], [status, {}], path);
      assert.deepEqual(corsOf(await ask(url + path)), {}, path);
    }
  });

  test(`${name}: preflights are answered, and other OPTIONS are not`, async (t) => {
    const { url, close } = await served(name, OPTIONS);
    t.after(close);
    const preflight = (method, headers = {}) =>
      ask(`${url}/items`, { method: "OPTIONS", headers: { Origin: APP, "Access-Control-Request-Method": method, ...headers } });
    const allowed = await preflight("PUT");
    assert.deepEqual([allowed.status, allowed.lines["access-control-allow-methods"]], [204, ["PUT"]]);
    for (const refused of [await preflight("DELETE"), await preflight("PUT", { "Access-Control-Request-Headers": "x-other" })]) {
      assert.deepEqual([refused.status, corsOf(refused)], [403, {}]);
      assert.match(refused.lines.vary.join(), /access-control-request-method/);
    }
    const plain = await ask(`${url}/items`, { method: "OPTIONS" });
    assert.deepEqual([plain.lines["access-control-allow-origin"], plain.lines["access-control-allow-methods"]], [undefined, undefined]);
    assert.notEqual(plain.status, 204);
  });

  test(`${name}: a policy, an origin function and a promise`, async (t) => {
    const sources = [
      new Policy({ origins: [APP] }),
      { origin: (origin) => origin === APP },
      { origin: async (origin, headers) => origin === APP && headers["x-tenant"] === "blue", originReads: ["x-tenant"] },
    ];
    for (const source of sources) {
      const { url, close } = await served(name, source);
      t.after(close);
      const headers = { Origin: APP, "X-Tenant": "blue" };
      assert.deepEqual(corsOf(await ask(`${url}/items`, { headers })), { "access-control-allow-origin": [APP] });
      assert.deepEqual(corsOf(await ask(`${url}/items`, { headers: { ...headers, Origin: "https://evil.example" } })), {});
    }
  });

  test(`${name}: an origin function that fails lets nobody in`, async (t) => {
    const { url, close } = await served(name, { origin: async () => { throw new Error("down"); } });
    t.after(close);
    const asked = await ask(`${url}/items`, { headers: { Origin: APP } }).catch(() => ({ status: 500, lines: {} }));
    assert.deepEqual([asked.status, corsOf(asked)], [500, {}]);
  });

  test(`${name}: two Origin lines are refused`, async (t) => {
    const { url, close } = await served(name, OPTIONS);
    t.after(close);
    assert.deepEqual(corsOf(await ask(`${url}/items`, { headers: { Origin: [APP, APP] } })), {});
  });
}

test("an application that answers preflights itself", async (t) => {
  for (const name of ["http", "connect", "express", "fastify", "hono", "web"]) {
    const { url, close } = await served(name, { ...OPTIONS, preflightContinue: true });
    t.after(close);
    const headers = { Origin: APP, "Access-Control-Request-Method": "PUT" };
    const { status, lines } = await ask(`${url}/nowhere`, { method: "OPTIONS", headers });
    assert.deepEqual([status, lines["access-control-allow-methods"]], [404, ["PUT"]], name);
  }
});

/** Starts a server with this middleware and application. */
async function serving(t, options, application) {
  const allow = cors(options);
  const server = createServer((request, response) => allow(request, response, () => application(request, response)));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

test("every way to write a head", async (t) => {
  const own = [["Access-Control-Allow-Origin", "*"], ["X-Own", "1"], ["Vary", "Accept"], ["Vary", "Cookie"]];
  const ways = {
    "an object": (response) => response.writeHead(201, { "Access-Control-Allow-Origin": "*", "X-Own": "1", Vary: ["Accept", "Cookie"] }).end(),
    "names and values by turns": (response) => response.writeHead(201, own.flat()).end(),
    "a reason and an object": (response) => response.writeHead(201, "Made", Object.fromEntries([...own, ["Vary", "Accept, Cookie"]])).end(),
    "setHeader, and a head of its own accord": (response) => {
      for (const [name, value] of own) response.appendHeader(name, value);
      response.statusCode = 201;
      response.end("body");
    },
    "flushHeaders": (response) => {
      for (const [name, value] of own) response.appendHeader(name, value);
      response.statusCode = 201;
      response.flushHeaders();
      response.end();
    },
    "write": (response) => {
      for (const [name, value] of own) response.appendHeader(name, value);
      response.statusCode = 201;
      response.write("a");
      response.end("b");
    },
  };
  for (const [way, application] of Object.entries(ways)) {
    const url = await serving(t, OPTIONS, (request, response) => application(response));
    const asked = await ask(url, { headers: { Origin: APP } });
    assert.deepEqual([asked.status, corsOf(asked), asked.lines["x-own"]], [201, READABLE, ["1"]], way);
    assert.equal(asked.lines.vary.join(", "), "Accept, Cookie, origin", way);
  }
});

test("requested headers on several lines are one list", async (t) => {
  const url = await serving(t, { origin: APP, allowedHeaders: ["x-a", "x-b"] }, (request, response) => response.end());
  const preflight = (lines) =>
    ask(url, { method: "OPTIONS", headers: { Origin: APP, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": lines } });
  assert.equal((await preflight(["x-a", "x-b"])).status, 204);
  assert.equal((await preflight(["x-a", "x-c"])).status, 403);
});

test("HTTP/2", async (t) => {
  const allow = cors(OPTIONS);
  const server = createHttp2Server((request, response) => {
    allow(request, response, () => {
      response.setHeader("access-control-allow-origin", "*");
      if (request.url === "/written") response.write("written");
      response.end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const session = connectHttp2(`http://127.0.0.1:${server.address().port}`);
  t.after(() => {
    session.destroy();
    server.close();
  });
  const asked = (headers) =>
    new Promise((resolve, reject) => session.request(headers).on("response", resolve).on("error", reject).resume().end());
  const preflight = { ":method": "OPTIONS", ":path": "/", origin: APP, "access-control-request-method": "PUT" };
  assert.equal((await asked(preflight))[":status"], 204);
  const written = await asked({ ":path": "/written", origin: APP });
  assert.deepEqual([written["access-control-allow-origin"], written.vary], [APP, "origin"]);
  assert.equal((await asked({ ":path": "/written", origin: "https://evil.example" }))["access-control-allow-origin"], undefined);
});

test("a response that cannot be changed is copied", async () => {
  const handler = withCors({ origin: APP }, () => Response.redirect("https://api.example/elsewhere", 302));
  const response = await handler(new Request("https://api.example/", { headers: { Origin: APP } }));
  assert.deepEqual([response.status, response.headers.get("access-control-allow-origin")], [302, APP]);
  assert.equal(response.headers.get("location"), "https://api.example/elsewhere");
});
