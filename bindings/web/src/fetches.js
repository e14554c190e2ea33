// The fetches of a capture that holds several: a table to choose from.

import { element } from "./dom.js";
import { browsers, verdictWord } from "./words.js";

/** More rows than this are not drawn: whoever has more fetches looks at the blocked ones first. */
const ROWS = 500;

/** The list that is drawn, so that it need not be drawn again, and where the user is in it stays. */
let drawn = null;

/** A table of the fetches of `report`. `choose(index)` is called for the one that the user chooses. */
export function showFetches(section, report, options) {
  section.hidden = false;
  if (drawn?.report !== report || drawn.all !== options.all) drawn = draw(section, report, options);
  drawn.choose = options.choose;
  for (const [index, row] of drawn.rows) {
    row.classList.toggle("chosen", index === options.chosen);
    row.querySelector("button").setAttribute("aria-pressed", String(index === options.chosen));
  }
}

function draw(section, report, { name, all, showAll, close }) {
  const rows = new Map();
  const shown = [...report.fetches.entries()].filter(([, fetch]) => all || fetch.of_interest);
  for (const [index, fetch] of shown.slice(0, ROWS)) rows.set(index, row(fetch, () => drawn.choose(index)));
  const others = report.fetches.filter((fetch) => !fetch.of_interest).length;
  section.replaceChildren(
    element("div", { class: "listing-head" },
      element("h2", { id: "listing-heading" }, `Fetches in ${name}`),
      close && element("button", { type: "button", class: "quiet", click: close }, "Close the list")),
    element("div", { class: "hint" },
      `${report.input}. ${report.blocked} blocked. ${setAside(report)}`,
      others > 0 && element("label", { class: "check" },
        element("input", { type: "checkbox", id: "show-all", checked: all, change: (event) => showAll(event.target.checked) }),
        `Also the ${others} that CORS has no part in`)),
    shown.length === 0
      ? element("p", {}, "No fetch in it goes to another origin.")
      : element("div", { class: "scroll" },
        element("table", {},
          element("thead", {}, element("tr", {},
            ["Method", "URL", ...browsers.map(([, browser]) => browser), "Why"].map((head) => element("th", { scope: "col" }, head)))),
          element("tbody", {}, [...rows.values()]))),
    shown.length > ROWS ? element("p", { class: "hint" }, `Only the first ${ROWS} are shown here; cors explain lists all.`) : "",
  );
  return { report, all, rows };
}

function row(fetch, choose) {
  return element("tr", {},
    element("td", {}, fetch.method),
    element("th", { scope: "row" }, element("button", { type: "button", class: "link", click: choose }, fetch.url)),
    browsers.map(([key]) => element("td", { class: fetch.engines[key].verdict }, verdictWord(fetch.engines[key]))),
    element("td", {}, why(fetch)));
}

const setAside = ({ set_aside: count }) => (count ? `${count} entries by no page or not over HTTP. ` : "");

/** Why browsers refuse; or on what their consent hangs. */
function why(fetch) {
  const codes = new Set(browsers.map(([key]) => fetch.engines[key].reason).filter(Boolean));
  if (codes.size === 0 && fetch.otherwise) return `unless credentials are “${fetch.otherwise.credentials}”`;
  return [...codes].join(", ");
}
