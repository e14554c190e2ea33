/** The engine's module, for edge workers, which compile when they are deployed and never when they run. */

export { default } from "./cors_engine.wasm";
