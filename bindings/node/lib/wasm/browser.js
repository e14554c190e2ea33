/** The engine's module, for browsers: fetched from beside this file. */

export default await WebAssembly.compileStreaming(fetch(new URL("./cors_engine.wasm", import.meta.url)));
