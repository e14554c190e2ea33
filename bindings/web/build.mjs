// Builds the page: one HTML file with its style, its script, the engine and an example in it.
//
//   node build.mjs [--engine FILE]    writes dist/index.html

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";

const here = (path) => new URL(path, import.meta.url);
const { values } = parseArgs({ options: { engine: { type: "string" } } });
const engine = values.engine ?? here("../wasm/dist/cors_engine.wasm");

const bundled = await build({
  absWorkingDir: here(".").pathname,
  entryPoints: ["src/main.js"],
  bundle: true,
  format: "iife",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  write: false,
});

const script = bundled.outputFiles[0].text;
const style = await readFile(here("src/styles.css"), "utf8");
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const policy = [
  "default-src 'none'",
  `script-src ${hash(script)} 'wasm-unsafe-eval'`,
  `style-src ${hash(style)}`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join("; ");
const data = (id, text) => `<script type="text/plain" id="${id}">${text}</script>`;
const parts = {
  policy: `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
  style: `<style>${style}</style>`,
  data: [data("engine", gzipSync(await readFile(engine), { level: 9 }).toString("base64")), data("sample-har", await sample())].join("\n"),
  script: `<script>${script}</script>`,
};

const template = await readFile(here("src/index.html"), "utf8");
const page = template.replace(/<!-- (policy|style|data|script) -->/g, (_, name) => parts[name]);
await mkdir(here("dist/"), { recursive: true });
await writeFile(here("dist/index.html"), page);
console.log(`dist/index.html: ${Math.round(page.length / 1024)} KB`);

/** The capture of the examples, without what the engine does not read. */
async function sample() {
  const { log } = JSON.parse(await readFile(here("../../examples/chromium.har"), "utf8"));
  const headers = (list) => list.map(({ name, value }) => ({ name, value }));
  const entries = log.entries.map(({ pageref, startedDateTime, _resourceType, request, response }) => ({
    pageref,
    startedDateTime,
    _resourceType,
    request: { method: request.method, url: request.url, headers: headers(request.headers) },
    response: {
      status: response.status,
      headers: headers(response.headers),
      redirectURL: response.redirectURL,
      _error: response._error,
    },
  }));
  const pages = log.pages.map(({ id, title }) => ({ id, title }));
  // Within a script no text may look like its end.
  return JSON.stringify({ log: { creator: log.creator, browser: log.browser, pages, entries } }).replaceAll("<", "\\u003c");
}
