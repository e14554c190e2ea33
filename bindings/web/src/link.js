// Links: a case in the part of the address that no server is told.

const LONGEST = 64 * 1024;

/** No case that a link can carry is longer than this, once unpacked. */
const LARGEST = 512 * 1024;

/** The fragment that carries a case, or `null` when it would be too long. */
export async function encode(subject) {
  const bytes = new TextEncoder().encode(JSON.stringify(packed(subject)));
  if (bytes.length > LARGEST) return null;
  const deflated = await through(new CompressionStream("deflate-raw"), bytes, LARGEST);
  const fragment = `#case=${base64url(deflated)}`;
  return fragment.length <= LONGEST ? fragment : null;
}

/** The case in a fragment; `null` when there is none. Throws when it is damaged. */
export async function decode(fragment) {
  if (!fragment.startsWith("#case=")) return null;
  if (fragment.length > LONGEST) throw new Error("it is longer than any link of this page");
  const deflated = fromBase64url(fragment.slice("#case=".length));
  const bytes = await through(new DecompressionStream("deflate-raw"), deflated, LARGEST);
  return unpacked(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
}

function packed({ origin, credentials, url, method, exchanges }) {
  return [origin, credentials, url, method, ...exchanges.flatMap(({ request, response }) => [request, response])];
}

function unpacked(values) {
  const isCase =
    Array.isArray(values) &&
    values.length >= 6 &&
    values.length % 2 === 0 &&
    values.every((value) => typeof value === "string");
  if (!isCase) throw new Error("it holds no case");
  const [origin, credentials, url, method, ...texts] = values;
  const exchanges = [];
  for (let index = 0; index < texts.length; index += 2) {
    exchanges.push({ request: texts[index], response: texts[index + 1] });
  }
  return { origin, credentials, url, method, exchanges };
}

async function through(transform, bytes, limit) {
  const chunks = [];
  let length = 0;
  const reader = new Blob([bytes]).stream().pipeThrough(transform).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new Error("it holds more than a case");
    }
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function base64url(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
