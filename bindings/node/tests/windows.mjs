/**
 * Runs script in pages of jsdom or happy-dom, with `corsFetch` as their `fetch`: `node windows.mjs jsdom` takes
 * lines of JSON, `{page, script}`, and prints what each script returns.
 */

import { corsFetch } from "cors-engine";
import { Window } from "happy-dom";
import { JSDOM } from "jsdom";
import { createInterface } from "node:readline";
import { CookieJar } from "tough-cookie";

const OPENED = {
  jsdom: (url) => new JSDOM("<!doctype html><title>page</title>", { url }).window,
  "happy-dom": (url) => new Window({ url }),
};

const [name] = process.argv.slice(2);
const jar = new CookieJar();
const AsyncFunction = (async () => {}).constructor;

for await (const line of createInterface({ input: process.stdin })) {
  const { page, script } = JSON.parse(line);
  const window = OPENED[name](page);
  window.fetch = corsFetch({ page: window, jar });
  console.log(JSON.stringify(await new AsyncFunction("fetch", script)(window.fetch)));
  await (window.happyDOM?.close() ?? window.close());
}
