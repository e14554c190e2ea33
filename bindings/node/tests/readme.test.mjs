/** The server of the README, as it stands there. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { REPOSITORY } from "./shared.mjs";

const readme = readFileSync(join(REPOSITORY, "bindings", "node", "README.md"), "utf8");
const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);

test("the README begins with one command and a server of ten lines", async (t) => {
  assert.match(readme, /^# [^\n]+\n\n {4}npm install cors-engine\n/);
  const [server] = examples;
  assert.ok(server.trimEnd().split("\n").length <= 10, server);
  const file = join(import.meta.dirname, "server-of-the-readme.mjs");
  writeFileSync(file, server);
  const child = spawn(process.execPath, [file], { env: { ...process.env, PORT: "0" }, stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => {
    child.kill();
    rmSync(file);
  });
  const [line] = await child.stdout.take(1).toArray();
  const url = String(line).match(/http:\S+/)[0];
  const ask = async (origin) => (await fetch(url, { headers: { Origin: origin } })).headers.get("access-control-allow-origin");
  assert.equal(await ask("https://app.example"), "https://app.example");
  assert.equal(await ask("https://evil.example"), null);
});

test("every example of the README can be read", () => {
  assert.ok(examples.length > 3);
  for (const [place, example] of examples.entries()) {
    const file = join(import.meta.dirname, `example-${place}.mjs`);
    writeFileSync(file, example);
    const { status, stderr } = spawnSync(process.execPath, ["--check", file], { encoding: "utf8" });
    rmSync(file);
    assert.equal(status, 0, `${example}\n${stderr}`);
  }
});
