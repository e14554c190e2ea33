// Cases as data: what becomes of lines, and links.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { captureOf, emptyCase, withAdvice } from "../src/case.js";
import { decode, encode } from "../src/link.js";

const withTexts = (...exchanges) => ({ ...emptyCase(), exchanges });

test("a line of the capture is found in its box", () => {
  const subject = withTexts({ request: "a\nb\n", response: "" }, { request: "c", response: "d\r\ne\r\n" });
  const { capture, locate } = captureOf(subject);
  const lines = capture.text.split("\n");
  const places = lines.flatMap((text, index) => (/[a-e]/.test(text) ? [[text.trim(), locate(index + 1)]] : []));
  assert.deepEqual(places, [
    ["a", { index: 0, part: "request", line: 1 }],
    ["b", { index: 0, part: "request", line: 2 }],
    ["c", { index: 1, part: "request", line: 1 }],
    ["d", { index: 1, part: "response", line: 1 }],
    ["e", { index: 1, part: "response", line: 2 }],
  ]);
});

test("advice replaces lines of its names only, and keeps the body", () => {
  const response = "HTTP/1.1 405 Not Allowed\r\nvary: Accept\r\nX-A: 1\r\n\r\n<p>body</p>\n\nmore";
  assert.equal(
    withAdvice(response, { status: 204, headers: ["Access-Control-Allow-Origin: https://a.example", "Vary: Accept, Origin"] }),
    "HTTP/1.1 204\nX-A: 1\nAccess-Control-Allow-Origin: https://a.example\nVary: Accept, Origin\n\n<p>body</p>\n\nmore",
  );
  assert.equal(withAdvice("HTTP/1.1 200 OK", { status: null, headers: ["A: b"] }), "HTTP/1.1 200 OK\nA: b");
});

test("a link carries every character of a case", async () => {
  const subject = {
    origin: "https://app.example", credentials: "include", url: "https://api.example/?q=%F0", method: "PUT",
    exchanges: [{ request: "é\t\u0000𝄞\r\n", response: "" }, { request: "", response: "#&=%" }],
  };
  const fragment = await encode(subject);
  assert.match(fragment, /^#case=[\w-]+$/);
  assert.deepEqual(await decode(fragment), subject);
});

test("a link is neither too long nor a bomb", async () => {
  const noise = randomBytes(60_000).toString("base64");
  assert.equal(await encode(withTexts({ request: noise, response: "" })), null);
  const zeros = JSON.stringify(["", "", "", "", "0".repeat(10_000_000), ""]);
  const stream = new Blob([zeros]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bomb = Buffer.from(await new Response(stream).arrayBuffer()).toString("base64url");
  await assert.rejects(decode(`#case=${bomb}`), /more than a case/);
});

test("what is no case is refused", async () => {
  const fragment = async (value) => {
    const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    return `#case=${Buffer.from(await new Response(stream).arrayBuffer()).toString("base64url")}`;
  };
  for (const value of [null, {}, [], ["a"], ["", "", "", "", "", 7], ["", "", "", "", ""]]) {
    await assert.rejects(decode(await fragment(value)), /no case/);
  }
  await assert.rejects(decode("#case=%%%"));
  assert.equal(await decode("#elsewhere"), null);
});
