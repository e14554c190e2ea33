// The engine: cors-engine as WebAssembly, which lies in this page, packed, as base64. Nothing about CORS is
// decided outside of it.

import { Door } from "../../node/lib/door.js";

let door;

/** Makes the engine ready. */
export async function load(base64) {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  door = new Door(await WebAssembly.compile(await new Response(unpacked).arrayBuffer()));
}

/**
 * Explains a capture: `{text, source, meant}`. Gives the report that `cors explain --json` prints of one
 * input, or `{unusable: {code, line, words}}`.
 */
export function explainCapture(capture) {
  try {
    return door.call("explain_capture", capture);
  } catch (error) {
    return { unusable: { code: "misuse", line: null, words: error.message } };
  }
}
