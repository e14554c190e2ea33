/** The engine's module, for Node, Deno and Bun: read from the package's own folder. */

import { readFileSync } from "node:fs";

export default new WebAssembly.Module(readFileSync(new URL("./cors_engine.wasm", import.meta.url)));
