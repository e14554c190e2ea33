// Elements: the only place where what a user pasted becomes part of the page, and always as text.

/**
 * Makes an element. Properties whose value is a function are listeners, the others attributes; `true` is an
 * attribute without value, and `false`, `null` and `undefined` are none. Children are elements or texts.
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return made;
}

/** The element of the page that has this id. */
export const byId = (id) => document.getElementById(id);

/** Joins words as people do: `a, b and c`. */
export function listed(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Text that only a screen reader says. */
export const spoken = (text) => element("span", { class: "spoken" }, text);
