/**
 * The door to the engine: an instance of its WebAssembly module, and how values go in and out of its memory.
 *
 * Nothing here knows what the functions are for; `bindings/wasm/src/lib.rs` lists them.
 */

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A length that says: there is no such header. */
export const ABSENT = 0xffff_ffff;

/** More characters than the request head of any server that is set up sensibly. */
const ROOM = 16 * 1024;

export class Door {
  /** The functions of the module, by their names. */
  functions;
  #input = new Uint8Array(0);

  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.functions = new WebAssembly.Instance(module).exports;
  }

  /** Calls a function that takes a text of JSON and gives one, with values. */
  call(name, value) {
    const text = encoder.encode(JSON.stringify(value));
    const pointer = this.functions.room_for_input(text.length);
    new Uint8Array(this.functions.memory.buffer, pointer, text.length).set(text);
    this.#input = new Uint8Array(0);
    return this.read(this.functions[name](text.length));
  }

  /** The value that the last function left behind, `length` bytes of JSON. */
  read(length) {
    const bytes = new Uint8Array(this.functions.memory.buffer, this.functions.output(), length);
    const value = JSON.parse(decoder.decode(bytes));
    if (value?.misuse !== undefined) throw new TypeError(value.misuse);
    return value;
  }

  /** Room for `length` bytes of input, zeroed or not. */
  room(length) {
    if (this.#input.length < length || this.#input.byteLength === 0) {
      const capacity = Math.max(length, ROOM);
      const pointer = this.functions.room_for_input(capacity);
      this.#input = new Uint8Array(this.functions.memory.buffer, pointer, capacity);
    }
    return this.#input;
  }
}
