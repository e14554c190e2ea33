// The engine: cors-engine as WebAssembly, which lies in this page, packed, as base64. Nothing about CORS is
// decided outside of it.

let exported;

/** Makes the engine ready. */
export async function load(base64) {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { instance } = await WebAssembly.instantiate(await new Response(unpacked).arrayBuffer(), {});
  exported = instance.exports;
}

/**
 * Explains a capture: `{text, source, meant}`. Gives the report that `cors explain --json` prints of one
 * input, or `{unusable: {code, line, words}}`.
 */
export function explainCapture(capture) {
  const input = new TextEncoder().encode(JSON.stringify(capture));
  const room = exported.room_for_input(input.length);
  new Uint8Array(exported.memory.buffer, room, input.length).set(input);
  const length = exported.explain_capture(input.length);
  const output = new Uint8Array(exported.memory.buffer, exported.output(), length);
  const answer = JSON.parse(new TextDecoder().decode(output));
  return "misuse" in answer ? { unusable: { code: "misuse", line: null, words: answer.misuse } } : answer;
}
