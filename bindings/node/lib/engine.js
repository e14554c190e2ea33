/** The one instance of the engine that everything in this package shares. */

import module from "#wasm";
import { Door } from "./door.js";

export const door = new Door(module);

/**
 * Has handles freed once the objects that stand for them are gone: gives what an object and its handle are told
 * to. Older edge workers cannot tell when an object is gone; what they make lasts as long as they do.
 */
export function released(free) {
  if (typeof FinalizationRegistry === "undefined") return () => {};
  const registry = new FinalizationRegistry((handle) => door.functions[free](handle));
  return (object, handle) => registry.register(object, handle);
}
