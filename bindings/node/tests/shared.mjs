/** What the tests share: the repository's rows and scenarios, and its program, whose answers are the Rust library's. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository; `check` says where it is, since the tests run elsewhere. */
export const REPOSITORY = process.env.REPOSITORY ?? join(import.meta.dirname, "..", "..", "..");

const PROGRAM = process.env.CORS_PROGRAM ?? join(REPOSITORY, "target", "debug", "cors");

export const ENGINES = ["spec", "chromium", "gecko", "webkit"];
export const SCENARIOS = ["chromium-unit", "others", "wpt"];

/** The values of a file of the corpus, one a line. */
export function corpus(name) {
  const text = readFileSync(join(REPOSITORY, "tests", "corpus", `${name}.jsonl`), "utf8");
  return text.split("\n").filter((line) => line.trim()).map((line) => JSON.parse(line));
}

/** What the program prints for these values, one a line. */
export function answersOfRust(argumentsOf, values) {
  const input = values.map((value) => `${JSON.stringify(value)}\n`).join("");
  const { stdout, stderr, status, error } = spawnSync(PROGRAM, [...argumentsOf, "-"], { input, maxBuffer: 2 ** 28 });
  if (error || status !== 0) throw error ?? new Error(`${PROGRAM}: ${stderr}`);
  return String(stdout).split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** A server of `servers/` in this process: its URL, and how to end it. */
export async function served(name, policy) {
  const { serve } = await import(`./servers/${name}.mjs`);
  const server = await serve(policy);
  if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
  const close = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
