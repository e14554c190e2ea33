// Copying: buttons that put a text on the clipboard.

import { element } from "./dom.js";

/** Puts `text` on the clipboard, also where a page from a file may not use the newer interface. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element("textarea", { class: "spoken", "aria-hidden": "true", tabindex: "-1" });
    area.value = text;
    const focused = document.activeElement;
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return isCopied;
  }
}

/** A text to copy, with its button. `what` says what is copied, for a screen reader. */
export function copyable(text, what, say) {
  const button = element("button", {
    type: "button", class: "copy", "aria-label": `Copy ${what}`,
    click: async () => say((await copy(text)) ? `Copied ${what}.` : "The browser does not let this page copy."),
  }, "Copy");
  return element("div", { class: "copyable" }, element("pre", { tabindex: "0", "aria-label": what, role: "group" }, text), button);
}
