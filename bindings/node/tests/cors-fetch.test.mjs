/** `corsFetch`, over the wire and in the windows of jsdom and happy-dom. */

import { PreflightCache, corsFetch } from "cors-engine";
import { Window } from "happy-dom";
import { JSDOM } from "jsdom";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { CookieJar } from "tough-cookie";
import { served } from "./shared.mjs";

const PAGE = "https://app.example/shop/";
const APP = "https://app.example";

/** A server that answers as `answer` says and remembers what it was asked. */
async function recording(t, answer) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request);
    asked.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString("latin1") });
    const { status = 200, headers = {}, body = "" } = answer(request);
    response.writeHead(status, headers).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}

if (!Array.fromAsync) {
  Array.fromAsync = async (items) => {
    const all = [];
    for await (const item of items) all.push(item);
    return all;
  };
}

const allowing = () => ({
  headers: {
    "Access-Control-Allow-Origin": APP,
    "Access-Control-Allow-Methods": "PUT",
    "Access-Control-Allow-Headers": "x-a,content-type",
    "Access-Control-Expose-Headers": "x-shown",
    "X-Shown": "1",
    "X-Hidden": "2",
  },
  body: "text",
});

test("what a page may read, and what of it", async (t) => {
  const { url, asked } = await recording(t, allowing);
  const response = await corsFetch({ page: PAGE })(`${url}/items#part`);
  assert.deepEqual([response.type, response.status, response.url, response.redirected], ["cors", 200, `${url}/items`, false]);
  assert.deepEqual([response.headers.get("x-shown"), response.headers.get("x-hidden")], ["1", null]);
  assert.deepEqual([await response.clone().text(), response.clone().type, await response.text()], ["text", "cors", "text"]);
  assert.equal(asked[0].headers.origin, APP);
});

test("what a browser refuses is a TypeError with its words", async (t) => {
  const { url } = await recording(t, () => ({ body: "secret" }));
  const error = await corsFetch({ page: PAGE, engine: "chromium" })(url).catch((error) => error);
  assert.ok(error instanceof TypeError);
  assert.equal(error.reason, "missing-allow-origin");
  assert.equal(error.blocked.engine, "chromium");
  assert.match(error.message, /^Access to fetch at .* has been blocked by CORS policy.*\[missing-allow-origin\]$/s);
});

test("a preflight goes first, and is remembered", async (t) => {
  const { url, asked } = await recording(t, () => ({ ...allowing(), headers: { ...allowing().headers, "Access-Control-Max-Age": "60" } }));
  let now = 0;
  const fetch = corsFetch({ page: PAGE, now: () => now });
  for (now of [0, 59, 61]) await fetch(url, { method: "PUT", headers: { "X-A": "1" }, body: "{}" });
  assert.deepEqual(asked.map(({ method }) => method), ["OPTIONS", "PUT", "PUT", "OPTIONS", "PUT"]);
  assert.deepEqual([asked[0].headers["access-control-request-method"], asked[0].headers["access-control-request-headers"]], ["PUT", "x-a"]);
  assert.deepEqual([asked[0].body, asked[1].body], ["", "{}"]);
  const cache = new PreflightCache();
  await corsFetch({ page: PAGE, cache })(url, { method: "PUT" });
  await corsFetch({ page: PAGE, cache })(url, { method: "PUT" });
  cache.clear();
  await corsFetch({ page: PAGE, cache })(url, { method: "PUT" });
  assert.deepEqual(asked.slice(5).map(({ method }) => method), ["OPTIONS", "PUT", "PUT", "OPTIONS", "PUT"]);
});

test("a method that is not allowed never reaches the server", async (t) => {
  const { url, asked } = await recording(t, allowing);
  await assert.rejects(corsFetch({ page: PAGE })(url, { method: "DELETE" }), { reason: "method-not-allowed" });
  assert.deepEqual(asked.map(({ method }) => method), ["OPTIONS"]);
});

test("redirects are followed as browsers follow them", async (t) => {
  const elsewhere = await recording(t, () => ({ headers: { "Access-Control-Allow-Origin": "null" } }));
  const start = await recording(t, (request) => ({
    status: 302,
    headers: { "Access-Control-Allow-Origin": APP, Location: request.url === "/in" ? "/out" : `${elsewhere.url}/end` },
  }));
  const response = await corsFetch({ page: PAGE })(`${start.url}/in`);
  assert.deepEqual([response.url, response.redirected], [`${elsewhere.url}/end`, true]);
  assert.deepEqual(start.asked.map(({ url }) => url), ["/in", "/out"]);
  assert.equal(elsewhere.asked[0].headers.origin, "null");
  await assert.rejects(corsFetch({ page: PAGE })(`${start.url}/in`, { redirect: "error" }), TypeError);
  const manual = await corsFetch({ page: PAGE })(`${start.url}/in`, { redirect: "manual" });
  assert.deepEqual([manual.type, manual.status], ["opaqueredirect", 0]);
});

test("cookies go only where they may", async (t) => {
  const { url, asked } = await recording(t, () => ({
    headers: { "Access-Control-Allow-Origin": APP, "Access-Control-Allow-Credentials": "true", "Set-Cookie": "a=1" },
  }));
  const fetch = corsFetch({ page: PAGE, jar: new CookieJar() });
  for (const credentials of ["omit", "include", "same-origin", "include"]) await fetch(url, { credentials });
  assert.deepEqual(asked.map(({ headers }) => headers.cookie), [undefined, undefined, undefined, "a=1"]);
});

test("no-cors responses are opaque", async (t) => {
  const { url } = await recording(t, () => ({ body: "secret" }));
  const response = await corsFetch({ page: PAGE })(url, { mode: "no-cors" });
  assert.deepEqual([response.type, response.status, response.ok, await response.text()], ["opaque", 0, false, ""]);
});

test("a server that is not there", async () => {
  const { url, close } = await served("http", { origin: APP });
  await close();
  const error = await corsFetch({ page: PAGE })(url).catch((error) => error);
  assert.ok(error instanceof TypeError && error.cause, String(error));
  assert.equal(error.reason, "connection-failed");
});

test("a request that is given up", async (t) => {
  const { url } = await recording(t, allowing);
  const reason = new Error("enough");
  await assert.rejects(corsFetch({ page: PAGE })(url, { signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const slow = (url, init) => new Promise((_, reject) => init.signal.addEventListener("abort", () => reject(init.signal.reason)));
  const fetched = corsFetch({ page: PAGE, fetch: slow })(url, { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 10);
  await assert.rejects(fetched, reason);
});

test("a fetch needs a page", () => {
  assert.throws(() => corsFetch(), /page/);
});

/** A window of each kind, with a page in it. */
const WINDOWS = {
  jsdom: () => new JSDOM("<title>shop</title>", { url: PAGE }).window,
  "happy-dom": () => new Window({ url: PAGE }),
};

for (const [name, open] of Object.entries(WINDOWS)) {
  test(`${name}: requests made of the window's own parts`, async (t) => {
    const window = open();
    t.after(() => window.happyDOM?.close() ?? window.close());
    const { url, asked } = await recording(t, allowing);
    window.fetch = corsFetch({ page: window });
    const sent = async (init) => {
      await window.fetch(url, { method: "POST", ...init });
      const { headers, body } = asked.at(-1);
      return [headers["content-type"], body];
    };
    assert.deepEqual(await sent({ body: new window.URLSearchParams({ a: "1" }) }), ["application/x-www-form-urlencoded;charset=UTF-8", "a=1"]);
    assert.deepEqual(await sent({ body: new window.Blob(["bytes"], { type: "text/plain" }) }), ["text/plain", "bytes"]);
    assert.deepEqual(await sent({ body: "text" }), ["text/plain;charset=UTF-8", "text"]);
    assert.deepEqual(await sent({ body: new Uint8Array([65, 66]) }), [undefined, "AB"]);
    const form = new window.FormData();
    form.append("field", "value");
    form.append("file", new window.File(["inside"], "name.txt", { type: "text/plain" }));
    const [type, body] = await sent({ body: form });
    assert.match(type, /^multipart\/form-data; boundary=/);
    assert.match(body, /name="field"\r\n\r\nvalue\r\n/);
    assert.match(body, /filename="name.txt"\r\nContent-Type: text\/plain\r\n\r\ninside\r\n/);
    const headers = new (window.Headers ?? Headers)({ "X-A": "1", "Content-Type": "application/json" });
    assert.deepEqual(await sent({ body: "{}", headers }), ["application/json", "{}"]);
    assert.deepEqual(asked.slice(-2).map(({ method }) => method), ["OPTIONS", "POST"]);
    const controller = new window.AbortController();
    controller.abort();
    await assert.rejects(window.fetch(url, { signal: controller.signal }));
  });

  test(`${name}: addresses are the page's, and so is the origin`, async (t) => {
    const { url, close } = await served("http", { origin: APP });
    t.after(close);
    const window = open();
    t.after(() => window.happyDOM?.close() ?? window.close());
    window.fetch = corsFetch({ page: window, fetch: (address, init) => fetch(address.replace(APP, url), init) });
    const own = await window.fetch("/items");
    assert.deepEqual([own.type, own.url, await own.text()], ["basic", `${APP}/items`, "items"]);
    await assert.rejects(corsFetch({ page: window, origin: "null" })(`${url}/items`), { reason: "missing-allow-origin" });
  });
}
