// The page in real browsers: every verdict is that of the command line program, whatever way it came in.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { captureOf } from "../src/case.js";
import { examples } from "../src/examples.js";
import { browserNames, commandLine, exampleFile, fromFile, launch, serve } from "./browsers.mjs";

const ENGINES = ["chromium", "gecko", "webkit"];
const WORDS = { Allowed: "allowed", Blocked: "blocked", "fetch() throws": "thrown", "Not decided": "undecided" };

/** What the command line program says of a case: verdict and reason, engine by engine. */
function expected(subject) {
  const { text, meant } = captureOf(subject).capture;
  const options = Object.entries(meant).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  return verdictsOf(commandLine(text, ...options).fetches[0]);
}

const verdictsOf = (fetch) =>
  Object.fromEntries(ENGINES.map((engine) => [engine, [fetch.engines[engine].verdict, fetch.engines[engine].reason ?? ""]]));

for (const browserName of browserNames) {
  for (const place of ["a file", "a static host"]) {
    describe(`${browserName}, from ${place}`, { timeout: 600_000 }, () => suite(browserName, place));
  }
}

function suite(browserName, place) {
  let running, server, page, address;
  const requests = [];
  const errors = [];

  before(async () => {
    running = await launch(browserName);
    server = await serve();
    address = place === "a file" ? fromFile : server.url;
    page = await running.browser.newPage();
    await page.setViewport({ width: 1280, height: 900 });
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await open();
  });

  after(async () => {
    await running?.close();
    server?.close();
  });

  async function open(fragment = "") {
    await page.goto("about:blank");
    await page.goto(address + fragment);
    await page.waitForFunction(() => "ready" in document.documentElement.dataset);
  }

  /** What the page shows: verdict and reason, engine by engine. */
  async function shown() {
    const cards = await page.$$eval(".verdicts li", (items) =>
      items.map((item) => [item.dataset.engine, item.querySelector("strong").textContent, item.querySelector("code")?.textContent ?? ""]));
    return Object.fromEntries(cards.map(([engine, word, reason]) => [engine, [WORDS[word], reason]]));
  }

  const value = (id) => page.$eval(`#${id}`, (field) => field.value);

  /** Writes into a field as a person who pastes does. */
  const write = (id, text) =>
    page.$eval(`#${id}`, (field, text) => {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }, text);

  const press = (words) =>
    page.evaluate((words) => {
      const button = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === words);
      if (!button) throw new Error(`there is no button ${words}`);
      button.click();
    }, words);

  async function drop(name) {
    const text = readFileSync(exampleFile(name), "utf8");
    await page.evaluate((name, text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], name));
      for (const type of ["dragenter", "dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      }
    }, name, text);
    await page.waitForFunction((name) => document.querySelector("#notice").textContent.includes(name), {}, name);
  }

  test("every example is judged as the command line program judges it", async () => {
    for (const [index, example] of examples.entries()) {
      await page.select("#examples", String(index));
      assert.deepEqual(await shown(), expected(example.case), example.name);
    }
  });

  test("the seven cases end as the error guide has it", async () => {
    const endings = [];
    for (const index of examples.keys()) {
      await page.select("#examples", String(index));
      endings.push((await shown()).chromium.join(" ").trim());
    }
    assert.deepEqual(endings, [
      "allowed", "blocked missing-allow-origin", "blocked method-not-allowed", "blocked header-not-allowed",
      "blocked wildcard-allow-origin-with-credentials", "allowed", "allowed",
    ]);
  });

  test("editing a header changes the verdict, and undoing an advice brings it back", async () => {
    await page.select("#examples", "1");
    const before = await value("response-1");
    await write("response-1", `${before}\nAccess-Control-Allow-Origin: *`);
    assert.equal((await shown()).gecko[0], "allowed");
    await write("response-1", `${before}\nAccess-Control-Allow-Origin: https://other.example`);
    assert.deepEqual((await shown()).webkit, ["blocked", "allow-origin-mismatch"]);
    await press("Try it here");
    assert.deepEqual(Object.values(await shown()).map(([verdict]) => verdict), ["allowed", "allowed", "allowed"]);
    assert.match(await value("response-1"), /\nAccess-Control-Allow-Origin: https:\/\/app\.example/);
    await press("Undo");
    assert.equal(await value("response-1"), `${before}\nAccess-Control-Allow-Origin: https://other.example`);
  });

  test("a preflight that was not seen can be tried", async () => {
    await page.select("#examples", "2");
    await write("request-1", "");
    await write("response-1", "");
    assert.equal((await shown()).chromium[0], "undecided");
    await press("Try it here");
    assert.equal((await shown()).chromium[0], "allowed");
    assert.match(await value("request-1"), /^OPTIONS https:/);
  });

  test("all advice is followed at once, also for an answer that was not seen", async () => {
    await open();
    await write("request-1", "OPTIONS https://api.example/ HTTP/1.1\nOrigin: https://app.example\nAccess-Control-Request-Method: PUT");
    await write("response-1", "HTTP/1.1 301 Moved\nX-Kept: 1\nLocation: https://api.example/b\n\nbody");
    assert.deepEqual((await shown()).webkit[0], "blocked");
    await press("Try it here");
    assert.deepEqual(Object.values(await shown()).map(([verdict]) => verdict), ["allowed", "allowed", "allowed"]);
    assert.match(await value("response-1"), /^HTTP\/1\.1 204\nX-Kept: 1\n[^]*\n\nbody$/);
    assert.match(await value("request-2"), /^PUT https:\/\/api\.example\/ HTTP\/1\.1\nOrigin: https:\/\/app\.example$/);
  });

  test("a link carries the case to another page", async () => {
    await page.select("#examples", "4");
    await write("response-1", `${await value("response-1")}\nX-Note: ü`);
    await page.waitForFunction(() => location.hash.startsWith("#case="));
    const verdicts = await shown();
    const texts = [await value("request-1"), await value("response-1"), await value("credentials")];
    await new Promise((resolve) => setTimeout(resolve, 400));
    const fragment = await page.evaluate(() => location.hash);
    await open(fragment);
    assert.deepEqual(await shown(), verdicts);
    assert.deepEqual([await value("request-1"), await value("response-1"), await value("credentials")], texts);
  });

  test("a damaged link is said to be one, and loses nothing", async () => {
    await open("#case=AAAA");
    assert.match(await page.$eval("#notice", ({ textContent }) => textContent), /^The link is damaged/);
  });

  test("an error says which box and line, and loses no text", async () => {
    await open();
    await write("request-1", "GET https://api.example/ HTTP/1.1\nOrigin: https://app.example");
    await write("response-1", "HTTP/1.1 200 OK\nVary: Origin\n<b>no header</b>\n");
    const problem = await page.$eval("#problem", ({ textContent }) => textContent);
    assert.match(problem, /^Exchange 1, response, line 3: expected a header/);
    assert.match(problem, /<b>no header<\/b>/);
    assert.equal(await page.$eval("#response-1", (field) => field.getAttribute("aria-describedby")), "problem");
    await press("Go there");
    const selected = await page.$eval("#response-1", (field) => field.value.slice(field.selectionStart, field.selectionEnd));
    assert.equal(selected, "<b>no header</b>");
    await write("origin", "no origin");
    await write("response-1", "HTTP/1.1 200 OK");
    assert.equal(await page.$eval("#origin", (field) => field.getAttribute("aria-invalid")), "true");
    assert.equal(await value("origin"), "no origin");
    await write("origin", "");
  });

  test("a text of curl is read, and can be taken apart without another verdict", async () => {
    await open();
    const text = readFileSync(exampleFile("curl-verbose.txt"), "utf8");
    await write("request-1", text);
    const wanted = verdictsOf(commandLine(text).fetches[0]);
    assert.deepEqual(await shown(), wanted);
    await press("Take the text apart into exchanges");
    assert.deepEqual(await shown(), wanted);
    assert.match(await value("request-2"), /^PUT https:\/\/api\.example\.test\/v1\/cart/);
    await press("Undo");
    assert.equal(await value("request-1"), text);
  });

  for (const har of ["chromium.har", "firefox.har"]) {
    test(`every fetch of ${har} is judged as the command line program judges it`, async () => {
      await open();
      await drop(har);
      const { fetches } = commandLine(readFileSync(exampleFile(har)));
      await page.evaluate(() => {
        const box = document.querySelector("#show-all");
        if (box && !box.checked) box.click();
      });
      const rows = await page.$$eval(".listing tbody tr", (items) =>
        items.map((item) => [...item.cells].map(({ textContent }) => textContent)));
      assert.deepEqual(
        rows.map(([method, url, ...cells]) => [method, url, ...cells.slice(0, 3).map((word) => WORDS[word])]),
        fetches.map((fetch) => [fetch.method, fetch.url, ...ENGINES.map((engine) => fetch.engines[engine].verdict)]));
      for (const index of fetches.keys()) {
        await page.evaluate((index) => document.querySelectorAll(".listing button.link")[index].click(), index);
        assert.deepEqual(await shown(), verdictsOf(fetches[index]), fetches[index].url);
      }
    });
  }

  test("an edited fetch of a HAR is judged by its text, and undoing gives the HAR its word back", async () => {
    await open();
    await drop("chromium.har");
    const before = await shown();
    const text = await value("response-1");
    await write("response-1", text.replace(/^access-control-allow-origin.*$/im, "X-Removed: 1"));
    assert.equal((await shown()).chromium[1], "missing-allow-origin");
    assert.match(await page.$eval(".remark", ({ textContent }) => textContent), /no longer that of chromium\.har/);
    await write("response-1", text);
    assert.equal(await page.$(".remark"), null);
    assert.deepEqual(await shown(), before);
    await press("Close the list");
    assert.deepEqual(await shown(), before);
    assert.equal(await page.$eval("#listing", ({ hidden }) => hidden), true);
  });

  test("a file that is picked is read", async () => {
    await open();
    await (await page.$("#file")).uploadFile(exampleFile("raw-exchange.http"));
    await page.waitForSelector(".verdicts");
    assert.deepEqual(await shown(), verdictsOf(commandLine(readFileSync(exampleFile("raw-exchange.http"))).fetches[0]));
  });

  test("a file that is no capture is shown, with what is wrong", async () => {
    await open();
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["[package]\nname = 1\n"], "Cargo.toml"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    });
    await page.waitForFunction(() => document.querySelector("#problem").textContent.includes("no format that is known"));
    assert.equal(await value("request-1"), "[package]\nname = 1\n");
  });

  test("the drawing says in words what its arrows show", async () => {
    await open();
    const steps = () => page.$$eval(".steps > li", (items) => items.map(({ innerText }) => innerText.replace(/\s+/g, " ").trim()));
    await page.select("#examples", "3");
    const patterns = [
      /^Script asks the browser: fetch\("https:\/\/api\.example\/v1\/items\/7", \{ method: "POST"/,
      /^The browser asks the server: preflight OPTIONS https:\/\/api\.example\/v1\/items\/7 .*Access-Control-Request-Headers: content-type,x-request-id/,
      /^The server answers the browser: HTTP 204 .*Access-Control-Allow-Headers: content-type/,
      /^Blocked at the preflight: script gets a TypeError/,
    ];
    const blocked = await steps();
    assert.equal(blocked.length, patterns.length);
    patterns.forEach((pattern, index) => assert.match(blocked[index], pattern));
    await press("Try it here");
    assert.match((await steps()).at(-1), /^The browser lets script have the answer\. Script reads the cors response, status 200\./);
    await write("request-1", "GET https://api.example/a HTTP/1.1\nOrigin: https://app.example");
    await write("response-1", "HTTP/1.1 302 Found\nAccess-Control-Allow-Origin: *\nLocation: https://other.example/b");
    await write("request-2", "GET https://other.example/b HTTP/1.1");
    await write("response-2", "HTTP/1.1 200 OK");
    const redirected = await steps();
    assert.match(redirected[3], /^The browser asks the server: redirected GET https:\/\/other\.example\/b .*Origin: null/);
    assert.match(redirected.at(-1), /^Blocked at the response after a redirect/);
  });

  test("what is pasted is never markup", async () => {
    await open();
    await write("request-1", "GET https://api.example/<img/src=x> HTTP/1.1\nOrigin: https://app.example\nX-A: <script>alert(1)</script>");
    await write("response-1", "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: <img src=x onerror=alert(1)>");
    assert.equal(await page.$$eval("main img, main script", ({ length }) => length), 0);
    assert.match(await page.$eval("#results", ({ textContent }) => textContent), /<img src=x onerror=alert\(1\)>/);
  });

  test("lines are copied to the clipboard", async () => {
    await open();
    await page.select("#examples", "1");
    await page.click(".advice .copy");
    await page.waitForFunction(() => document.querySelector("#notice").textContent === "Copied the lines for GET.");
    await page.focus("#response-1");
    await page.keyboard.down("Control");
    await page.keyboard.press("a");
    await page.keyboard.press("v");
    await page.keyboard.up("Control");
    await page.waitForFunction(() => document.querySelector("#response-1").value.startsWith("Access"));
    assert.equal(await value("response-1"), "Access-Control-Allow-Origin: https://app.example\nVary: Origin");
  });

  test("the keyboard is enough", async () => {
    await open();
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
    const tabTo = async (wanted) => {
      for (let steps = 0; steps < 60 && (await focused()) !== wanted; steps += 1) await page.keyboard.press("Tab");
      assert.equal(await focused(), wanted);
    };
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "skip");
    await tabTo("examples");
    await page.keyboard.type("Access-Control-Allow-Origin is");
    await page.waitForSelector(".verdicts .blocked");
    await tabTo("response-1");
    await page.keyboard.press("End");
    await tabTo("Try it here");
    await page.keyboard.press("Enter");
    assert.equal((await shown()).chromium[0], "allowed");
    assert.equal(await focused(), "verdict-heading");
    await page.waitForFunction(() => document.querySelector("#announcement").textContent.startsWith("Allowed by"));
  });

  test("nothing is asked over the network, and nothing goes wrong unseen", () => {
    const isOwn = (url) => url === "about:blank" || url.startsWith(address) || url.startsWith("data:");
    assert.deepEqual(requests.filter((url) => !isOwn(url) && !url.endsWith("/favicon.ico")), []);
    assert.deepEqual(errors, []);
  });
}
