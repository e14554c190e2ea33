/**
 * The door to the engine: an instance of its WebAssembly module, and how values go in and out of its memory.
 *
 * Nothing here knows what the functions are for; `bindings/wasm/src/lib.rs` lists them.
 */

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A length that says: there is no such header. */
export const ABSENT = 0xffff_ffff;

/** More bytes than the request head of any server that is set up sensibly. */
const ROOM = 16 * 1024;

export class Door {
  /** The functions of the module, by their names. */
  functions;
  #room = new Uint8Array(0);

  /** @param {WebAssembly.Module} module */
  constructor(module) {
    const host = { domain_to_ascii: (...places) => this.#domainToAscii(...places) };
    this.functions = new WebAssembly.Instance(module, { host }).exports;
  }

  /** Calls a function that takes a text of JSON and gives one, with values. */
  call(name, value) {
    const text = encoder.encode(JSON.stringify(value));
    const pointer = this.functions.room_for_input(text.length);
    this.#bytes(pointer, text.length).set(text);
    this.#room = new Uint8Array(0);
    return this.read(this.functions[name](text.length));
  }

  /** The value that the last function left behind, `length` bytes of JSON. */
  read(length) {
    const value = JSON.parse(decoder.decode(this.#bytes(this.functions.output(), length)));
    if (value?.misuse !== undefined) throw new TypeError(value.misuse);
    return value;
  }

  /** Room for at least `length` bytes of input. */
  room(length) {
    // A memory that has grown leaves its views behind, empty.
    if (this.#room.length < length || this.#room.length === 0) {
      const capacity = Math.max(length, ROOM);
      this.#room = this.#bytes(this.functions.room_for_input(capacity), capacity);
    }
    return this.#room;
  }

  #bytes(pointer, length) {
    return new Uint8Array(this.functions.memory.buffer, pointer, length);
  }

  /** Maps a host name for the module, which has no tables of Unicode: the URL parser here has them. */
  #domainToAscii(domain, length, ascii, room) {
    const name = decoder.decode(this.#bytes(domain, length));
    // The label at the end keeps a name of numbers from being taken for an address.
    const url = parsed(`http://${name}.x/`);
    if (!url?.hostname.endsWith(".x")) return -1;
    const mapped = encoder.encode(url.hostname.slice(0, -".x".length));
    if (mapped.length > room) return -1;
    this.#bytes(ascii, room).set(mapped);
    return mapped.length;
  }
}

function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
