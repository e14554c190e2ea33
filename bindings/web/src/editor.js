// The editor: the boxes in which a case is written.

import { element } from "./dom.js";
import { emptyCase } from "./case.js";

const CREDENTIALS = [
  ["", "as the text shows"],
  ["omit", "omit"],
  ["same-origin", "same-origin"],
  ["include", "include"],
];

/** An editor in `form`. `changed(case)` is called after every change that the user makes by hand. */
export function makeEditor(form, { changed, replaced, takeApart }) {
  let subject = emptyCase();
  const boxes = [];
  const exchanges = element("div", { class: "exchanges" });
  const problem = element("p", { class: "problem", id: "problem", hidden: true });
  const apart = element("div", { class: "apart", hidden: true },
    element("button", { type: "button", click: () => takeApart() }, "Take the text apart into exchanges"),
    element("span", { class: "hint" }, "What CORS does not look at is left out."));

  const origin = textField("Page’s origin", "origin", "taken from the Origin header");
  const url = textField("URL", "url", "taken from the text");
  const method = textField("Method", "method", "taken from the text");
  const credentials = element("select", { id: "credentials", input: () => edit({ credentials: credentials.value }) },
    CREDENTIALS.map(([value, words]) => element("option", { value }, words)));

  const more = element("details", { class: "more" },
    element("summary", {}, "URL and method, where the text has no request"),
    element("div", { class: "fields" }, url.row, method.row));

  form.append(
    element("div", { class: "fields" },
      origin.row,
      element("label", { class: "field" }, element("span", {}, "Credentials mode"), credentials)),
    more,
    problem,
    exchanges,
    element("div", { class: "actions" },
      element("button", { type: "button", id: "add-exchange", click: addExchange }, "Add an exchange"),
      element("span", { class: "hint" }, "A preflight or a redirect is an exchange of its own.")),
    apart,
  );
  form.addEventListener("submit", (event) => event.preventDefault());

  function textField(label, name, placeholder) {
    const input = element("input", {
      id: name, type: "text", placeholder, spellcheck: "false", autocapitalize: "off",
      input: () => edit({ [name]: input.value }),
    });
    return { input, row: element("label", { class: "field" }, element("span", {}, label), input) };
  }

  function edit(change) {
    subject = { ...subject, ...change };
    changed(subject);
  }

  function editExchange(index, change) {
    edit({
      exchanges: subject.exchanges.map((exchange, other) => (other === index ? { ...exchange, ...change } : exchange)),
    });
  }

  function addExchange() {
    replaced({ ...subject, exchanges: [...subject.exchanges, { request: "", response: "" }] });
    boxes.at(-1).request.focus();
  }

  function removeExchange(index) {
    replaced({ ...subject, exchanges: subject.exchanges.filter((_, other) => other !== index) });
    form.querySelector("#add-exchange").focus();
  }

  function box(index, part, label) {
    const id = `${part}-${index + 1}`;
    const area = element("textarea", {
      id, spellcheck: "false", autocapitalize: "off", wrap: "off",
      placeholder: part === "request" ? "GET https://api.example/v1/items HTTP/1.1\nOrigin: https://app.example" : "HTTP/1.1 200 OK\nContent-Type: application/json",
      input: () => {
        fit(area);
        editExchange(index, { [part]: area.value });
      },
    });
    return { area, row: element("label", { class: "box" }, element("span", {}, label), area) };
  }

  function exchangeOf(_, index, all) {
    const number = index + 1;
    const several = all.length > 1;
    const suffix = several ? ` ${number}` : "";
    const request = box(index, "request", `Request${suffix}`);
    const response = box(index, "response", `Response${suffix}`);
    boxes.push({ request: request.area, response: response.area });
    const remove = several && element("button", {
      type: "button", class: "quiet", "aria-label": `Remove exchange ${number}`, click: () => removeExchange(index),
    }, "Remove");
    return element("fieldset", { class: "exchange" },
      element("legend", {}, several ? `Exchange ${number}` : "Exchange"), remove, request.row, response.row);
  }

  return {
    /** Shows another case. The boxes that stay the same in number keep the focus. */
    show(next) {
      const isSameShape = boxes.length === next.exchanges.length;
      subject = next;
      origin.input.value = next.origin;
      url.input.value = next.url;
      method.input.value = next.method;
      if (next.url || next.method) more.open = true;
      credentials.value = CREDENTIALS.some(([value]) => value === next.credentials) ? next.credentials : "";
      if (!isSameShape) {
        boxes.length = 0;
        exchanges.replaceChildren(...next.exchanges.map(exchangeOf));
      }
      next.exchanges.forEach((exchange, index) => {
        for (const part of ["request", "response"]) {
          const area = boxes[index][part];
          if (area.value !== exchange[part]) area.value = exchange[part];
          fit(area);
        }
      });
    },

    get case() {
      return subject;
    },

    /** Says what is wrong, and where; nothing is wrong without words. */
    complain(words, place) {
      for (const area of form.querySelectorAll("[aria-invalid]")) {
        area.removeAttribute("aria-invalid");
        area.removeAttribute("aria-describedby");
      }
      problem.hidden = !words;
      problem.replaceChildren(...(words ? [words] : []));
      const field = place?.field ? form.querySelector(`#${place.field}`) : place && boxes[place.index]?.[place.part];
      if (!words || !field) return;
      if (place.field === "url") more.open = true;
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", "problem");
      problem.append(" ", element("button", { type: "button", class: "quiet", click: () => goTo(field, place.line) }, "Go there"));
    },

    /** Whether the texts can be taken apart into exchanges. */
    offerTakingApart(isOffered) {
      apart.hidden = !isOffered;
    },
  };
}

function goTo(field, line) {
  field.focus();
  if (!line || field.tagName !== "TEXTAREA") return;
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0);
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}

/** As many rows as there are lines, within reason. */
function fit(area) {
  area.rows = Math.min(Math.max(area.value.split("\n").length + 1, 4), 16);
}
