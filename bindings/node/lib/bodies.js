/** Bodies of requests: what kind one is, and those of jsdom and happy-dom as Node's own, which can be sent. */

/** The name of a thing's class, whichever window it is from; not all of happy-dom's have tags. */
export function tagOf(thing) {
  const tag = Object.prototype.toString.call(thing).slice("[object ".length, -1);
  return tag === "Object" ? thing.constructor?.name : tag;
}

/** The kind of a body in the words of scenarios. */
export function kindOf(body) {
  if (body === undefined) return null;
  switch (tagOf(body)) {
    case "URLSearchParams":
      return { urlencoded: true };
    case "FormData":
      return { form: true };
    case "Blob":
    case "File":
      return { blob_type: body.type };
    case "ReadableStream":
      return { stream: true };
    default:
      return isBytes(body) ? { bytes_len: body.byteLength } : { text: String(body) };
  }
}

/** A body that Node's `fetch` can send, from one of any window. */
export async function ownBody(body) {
  if (body === undefined || body === null) return undefined;
  switch (tagOf(body)) {
    case "URLSearchParams":
      return new URLSearchParams(String(body));
    case "FormData":
      return ownForm(body);
    case "Blob":
    case "File":
      return ownBlob(body);
    case "ReadableStream":
      return body;
    default:
      return isBytes(body) ? body : String(body);
  }
}

/** A signal that Node's `fetch` heeds, from one of any window. */
export function ownSignal(signal) {
  if (!signal || signal instanceof AbortSignal) return signal ?? undefined;
  const own = new AbortController();
  const abort = () => own.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return own.signal;
}

async function ownForm(form) {
  if (form instanceof FormData) return form;
  const own = new FormData();
  for (const [name, value] of form) {
    if (typeof value === "string") own.append(name, value);
    else own.append(name, await ownBlob(value), value.name);
  }
  return own;
}

async function ownBlob(blob) {
  return blob instanceof Blob ? blob : new Blob([new Uint8Array(await blob.arrayBuffer())], { type: blob.type });
}

function isBytes(body) {
  return ArrayBuffer.isView(body) || /^(Shared)?ArrayBuffer$/.test(tagOf(body));
}
