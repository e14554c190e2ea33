// Pulls scenarios from the rig, makes their fetches, posts back what script can see of each, and reloads itself.
// In a sandboxed frame the rig's answers are cross-origin, so all talk with the rig is made of simple requests.

const IDLE_MS = 50;
const STEP_LIMIT_MS = 20_000;

async function main() {
  for (;;) {
    const work = await ask(`work?origin=${encodeURIComponent(self.origin)}`);
    if (work.open) return open(work.open);
    if (work.runs) {
      await Promise.all(Array.from({ length: work.parallel }, () => drain(work.runs)));
      return open(work.here);
    }
    await sleep(IDLE_MS);
  }
}

function open(url) {
  if (self === top) location.replace(url);
  else parent.postMessage(url, "*");
}

async function drain(runs) {
  for (let run = runs.shift(); run; run = runs.shift()) {
    const results = [];
    for (const [index, step] of run.steps.entries()) {
      if (step.wait_ms) await sleep(step.wait_ms);
      if (index > 0) await ask(`step?id=${run.id}&index=${index}`);
      const limit = sleep(STEP_LIMIT_MS).then(() => ({ outcome: "timeout" }));
      const perform = step.request.upload_listener ? performXhr : performFetch;
      results.push(await Promise.race([perform(step.request), limit]));
    }
    await ask(`done?id=${run.id}`, JSON.stringify(results));
  }
}

async function ask(what, body) {
  const response = await fetch(`/~rig/${what}`, { method: "POST", body });
  return response.json();
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function performFetch(description) {
  const { url, method, mode, credentials, redirect, cache, headers } = description;
  const body = bodyFrom(description.body);
  const init = { method, mode, credentials, redirect, headers };
  if (cache) init.cache = cache;
  if (body !== null) init.body = body;
  if (body instanceof ReadableStream) init.duplex = "half";
  let request;
  try {
    request = new Request(url, init);
  } catch (error) {
    return { outcome: "invalid-request", error: String(error) };
  }
  try {
    const response = await fetch(request);
    const { type, status, redirected, url } = response;
    const exposed = [...response.headers.keys()];
    await response.arrayBuffer().catch(() => {});
    return { outcome: "response", type, status, exposed, url, redirected };
  } catch (error) {
    return { outcome: "network-error", error: String(error) };
  }
}

function performXhr({ url, method, credentials, headers, body }) {
  return new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    try {
      xhr.open(method, url);
      xhr.withCredentials = credentials === "include";
      for (const [name, value] of headers) xhr.setRequestHeader(name, value);
      xhr.upload.addEventListener("progress", () => {});
      xhr.onload = () => {
        const lines = xhr.getAllResponseHeaders().split("\r\n").filter(Boolean);
        const exposed = lines.map((line) => line.slice(0, line.indexOf(":")).toLowerCase());
        resolve({ outcome: "response", status: xhr.status, exposed, url: xhr.responseURL });
      };
      xhr.onerror = () => resolve({ outcome: "network-error", error: "xhr" });
      xhr.send(bodyFrom(body));
    } catch (error) {
      resolve({ outcome: "invalid-request", error: String(error) });
    }
  });
}

function bodyFrom(description) {
  if (!description) return null;
  const [[kind, value]] = Object.entries(description);
  switch (kind) {
    case "text":
      return value;
    case "bytes_len":
      return new ArrayBuffer(value);
    case "stream":
      return new Response("q").body;
    case "form": {
      const form = new FormData();
      form.append("a", "b");
      return form;
    }
    case "urlencoded":
      return new URLSearchParams("a=b");
    case "blob_type":
      return new Blob(["q"], { type: value });
  }
}

main();
