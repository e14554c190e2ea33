// A case: the texts of some exchanges, and what the user says beside them.

/** A case in which nothing is said yet. */
export function emptyCase() {
  return { origin: "", credentials: "", url: "", method: "", exchanges: [{ request: "", response: "" }] };
}

/** The case that a fetch of a report is. */
export function caseOf(fetch) {
  const exchanges = fetch.messages.map(({ request, response }) => ({ request, response: response ?? "" }));
  return { ...emptyCase(), origin: fetch.origin, credentials: fetch.credentials, exchanges };
}

export const isEmpty = (subject) =>
  subject.exchanges.every(({ request, response }) => !request.trim() && !response.trim());

export const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * All texts of a case as one capture for the engine, and the way back: which box, and which line of it, a line
 * of the capture is.
 */
export function captureOf(subject) {
  const parts = [];
  let next = 1;
  subject.exchanges.forEach((exchange, index) => {
    for (const part of ["request", "response"]) {
      const text = exchange[part];
      if (!text.trim()) continue;
      parts.push({ index, part, first: next, text: text.replace(/\r?\n$/, "") });
      next += parts.at(-1).text.split("\n").length + 1;
    }
  });
  const said = (value) => value.trim() || null;
  return {
    capture: {
      text: parts.map(({ text }) => `${text}\n\n`).join(""),
      source: "the text",
      meant: {
        origin: said(subject.origin),
        url: said(subject.url),
        method: said(subject.method),
        credentials: said(subject.credentials),
      },
    },
    locate(line) {
      const place = parts.findLast(({ first }) => first <= line);
      return place && { index: place.index, part: place.part, line: line - place.first + 1 };
    },
  };
}

/** A response with some header lines in place of those of the same names, and perhaps another status. */
export function withAdvice(response, { status, headers }) {
  const [head, ...bodies] = response.split(/\r?\n\r?\n/);
  const [start, ...lines] = head.split(/\r?\n/);
  const name = (line) => line.split(":", 1)[0].trim().toLowerCase();
  const set = new Set(headers.map(name));
  const kept = lines.filter((line) => line.trim() && !set.has(name(line)));
  const words = start.trim().split(/\s+/);
  const isAnswered = words.length > 1;
  const newStart = !isAnswered
    ? `HTTP/1.1 ${status ?? 200}`
    : status == null || words[1] === String(status)
      ? start
      : `${words[0]} ${status}`;
  return [[newStart, ...kept, ...headers].join("\n"), ...bodies].join("\n\n");
}
