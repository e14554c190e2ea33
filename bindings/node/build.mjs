/** Builds what the package ships beside its sources: the engine's module, and the same files for `require`. */

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const lib = join(here, "lib");
const cjs = join(here, "cjs");

execFileSync(join(here, "..", "wasm", "build"), { stdio: ["ignore", "inherit", "inherit"] });
copyFileSync(join(here, "..", "wasm", "dist", "cors_engine.wasm"), join(lib, "wasm", "cors_engine.wasm"));
for (const license of ["LICENSE-APACHE", "LICENSE-MIT"]) copyFileSync(join(here, "..", "..", license), join(here, license));

rmSync(cjs, { recursive: true, force: true });
mkdirSync(cjs);
for (const file of readdirSync(lib)) {
  if (file.endsWith(".js")) {
    const { code } = transformSync(readFileSync(join(lib, file), "utf8"), { format: "cjs", platform: "node", target: "node20" });
    writeFileSync(join(cjs, file), code);
  } else if (file.endsWith(".d.ts")) {
    copyFileSync(join(lib, file), join(cjs, file));
  }
}
writeFileSync(join(cjs, "package.json"), JSON.stringify({ type: "commonjs", imports: { "#wasm": "./wasm.js" } }));
writeFileSync(
  join(cjs, "wasm.js"),
  `const path = require("node:path").join(__dirname, "..", "lib", "wasm", "cors_engine.wasm");
exports.default = new WebAssembly.Module(require("node:fs").readFileSync(path));
Object.defineProperty(exports, "__esModule", { value: true });
`,
);
