/** Header lines out of whatever holds them. */

/** The lines of a `Headers`, a list of pairs, or an object of texts and lists of texts, as pairs. */
export function linesOf(headers) {
  if (headers === undefined || headers === null) return [];
  if (typeof headers[Symbol.iterator] === "function") {
    return [...headers].map(([name, value]) => [name, String(value)]);
  }
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || value === null) return [];
    return (Array.isArray(value) ? value : [value]).map((line) => [name, String(line)]);
  });
}

/** The value of the one line with this name, in lower case: `undefined` if there is none, `null` if there are more. */
export function onlyLine(lines, name) {
  const values = lines.filter(([line]) => line.toLowerCase() === name);
  return values.length > 1 ? null : values[0]?.[1];
}

/** Pairs out of a list of names and values by turns, such as `rawHeaders`. */
export function pairsOf(turns) {
  return turns.flatMap((name, place) => (place % 2 === 0 ? [[name, turns[place + 1]]] : []));
}
