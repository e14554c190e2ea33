// What axe finds, in light and in dark, on wide and on narrow screens, in every state of the page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { browserNames, fromFile, launch } from "./browsers.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const write = (page, text) =>
  page.$eval("#response-1", (field, text) => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);

const states = {
  empty: async () => {},
  allowed: (page) => page.select("#examples", "0"),
  blocked: (page) => page.select("#examples", "2"),
  undecided: (page) => write(page, ""),
  broken: (page) => write(page, "no header"),
  "a list of fetches": (page) => page.select("#examples", "har"),
};

for (const browserName of browserNames) {
  for (const scheme of ["light", "dark"]) {
    test(`axe finds nothing: ${browserName}, ${scheme}`, { timeout: 300_000 }, async () => {
      const { browser, close } = await launch(browserName, scheme);
      try {
        const page = await browser.newPage();
        for (const width of [1280, 390]) {
          await page.setViewport({ width, height: 900 });
          await page.goto("about:blank");
          await page.goto(fromFile);
          await page.waitForFunction(() => "ready" in document.documentElement.dataset);
          assert.ok(await page.evaluate((scheme) => matchMedia(`(prefers-color-scheme: ${scheme})`).matches, scheme));
          await page.evaluate(axe);
          for (const [state, arrange] of Object.entries(states)) {
            await arrange(page);
            assert.deepEqual(await page.evaluate(violations), [], `${state}, ${width} wide`);
            const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(overflow <= 0, `${state}, ${width} wide: ${overflow} too wide`);
          }
        }
      } finally {
        await close();
      }
    });
  }
}

async function violations() {
  const { violations: found, passes } = await globalThis.axe.run();
  if (passes.length === 0) throw new Error("axe looked at nothing");
  return found.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)]);
}
