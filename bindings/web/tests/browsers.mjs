// Real browsers, the page from a file and from a server on loopback, and what the command line program says.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const root = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

export const pageFile = fileURLToPath(new URL("../dist/index.html", import.meta.url));
export const fromFile = new URL("../dist/index.html", import.meta.url).href;
export const exampleFile = (name) => root(`examples/${name}`);

export const browserNames = (process.env.BROWSERS ?? "chromium firefox").split(" ");

/** Starts a browser with a profile of its own, whose user likes it `light` or `dark`. */
export async function launch(name, scheme = "light") {
  const userDataDir = mkdtempSync(join(tmpdir(), `cors-page-${name}-`));
  const options =
    name === "firefox"
      ? {
          browser: "firefox",
          executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
          extraPrefsFirefox: { "layout.css.prefers-color-scheme.content-override": scheme === "dark" ? 0 : 1 },
        }
      : {
          browser: "chrome",
          executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
          args: ["--no-sandbox", "--disable-gpu", `--blink-settings=preferredColorScheme=${scheme === "dark" ? 0 : 1}`],
        };
  const browser = await puppeteer.launch({ ...options, headless: true, userDataDir });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A static host: the page under `/`, and nothing else. */
export async function serve() {
  const page = readFileSync(pageFile);
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/" ? 200 : 404, { "Content-Type": "text/html" });
    response.end(request.url === "/" ? page : "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** What `cors explain --json` says of an input: its report. */
export function commandLine(input, ...options) {
  const cors = process.env.CORS ?? root("target/debug/cors");
  const run = (() => {
    try {
      return execFileSync(cors, ["explain", "-", "--json", ...options], { input, maxBuffer: 1 << 28 });
    } catch (error) {
      // Blocked fetches are told by the exit status 1.
      if (error.status === 1) return error.stdout;
      throw error;
    }
  })();
  return JSON.parse(run).captures[0];
}
