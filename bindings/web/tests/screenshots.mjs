// Pictures of the page, for people to look at: every browser, light and dark, wide and narrow.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { browserNames, fromFile, launch } from "./browsers.mjs";

const folder = fileURLToPath(new URL("../dist/screenshots/", import.meta.url));
const EXAMPLES = { empty: null, allowed: "0", blocked: "3", har: "har" };

await mkdir(folder, { recursive: true });
for (const browserName of browserNames) {
  for (const scheme of ["light", "dark"]) {
    const { browser, close } = await launch(browserName, scheme);
    const page = await browser.newPage();
    for (const width of [1360, 390]) {
      await page.setViewport({ width, height: 900 });
      for (const [name, example] of Object.entries(EXAMPLES)) {
        await page.goto("about:blank");
        await page.goto(fromFile);
        await page.waitForFunction(() => "ready" in document.documentElement.dataset);
        if (example) await page.select("#examples", example);
        await page.screenshot({ path: `${folder}${browserName}-${scheme}-${width}-${name}.png`, fullPage: true });
      }
    }
    await close();
  }
}
console.log(folder);
