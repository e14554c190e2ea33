/** Runs `worker.mjs` in workerd, the runtime of Cloudflare Workers, bundled as its tools bundle. */

import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const require = createRequire(import.meta.url);

/** Starts it; gives the process, which prints what it listens on. */
export async function run(policy) {
  const folder = mkdtempSync(join(tmpdir(), "worker-"));
  await build({
    entryPoints: [fileURLToPath(new URL("worker.mjs", import.meta.url))],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    conditions: ["workerd"],
    external: ["*.wasm"],
    logLevel: "error",
  });
  copyFileSync(require.resolve("cors-engine/cors_engine.wasm"), join(folder, "cors_engine.wasm"));
  const text = JSON.stringify;
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    compatibilityDate = "2025-01-01",
    modules = [
      (name = "worker.js", esModule = embed "worker.js"),
      (name = "./cors_engine.wasm", wasm = embed "cors_engine.wasm"),
    ],
    bindings = [(name = "POLICY", text = ${text(text(policy))})],
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  const workerd = spawn(require.resolve("workerd/bin/workerd"), ["serve", "--control-fd=1", "config.capnp"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const end = () => {
    workerd.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", end);
  for await (const line of workerd.stdout) {
    const { port } = JSON.parse(String(line).split("\n", 1)[0]);
    if (port !== undefined) return { port, end };
  }
  throw new Error("workerd did not start");
}
