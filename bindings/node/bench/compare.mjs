/**
 * What a decision costs behind this package and behind npm's `cors`, and a fetch behind `corsFetch` and in the windows
 * of jsdom and happy-dom: side by side, in one run.
 *
 *     node bench/compare.mjs [--rounds N] [--check]      where the package and its tests' packages are installed
 *
 * Times are microseconds of processor time, the best of rounds that take turns. `--check` fails where this package is
 * slower than npm's `cors`.
 */

import { corsFetch } from "cors-engine";
import { cors } from "cors-engine/http";
import npmCors from "cors";
import { Window } from "happy-dom";
import { JSDOM } from "jsdom";
import { ServerResponse, createServer } from "node:http";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "25" }, check: { type: "boolean", default: false } } });
const ROUNDS = Number(values.rounds);
const REQUESTS = 2000;
const FETCHES = 100;

const METHODS = ["GET", "POST", "PUT", "DELETE"];
const HEADERS = ["authorization", "content-type", "x-requested-with"];

/** Options that both middlewares take, with this many origins. */
function optionsFor(origins) {
  return {
    origin: Array.from({ length: origins }, (_, place) => `https://tenant${String(place).padStart(5, "0")}.example.com`),
    credentials: true,
    allowedHeaders: HEADERS,
    exposedHeaders: ["x-request-id", "x-total-count"],
    maxAge: 600,
  };
}

/** A request as Node has read it. */
function requestOf(method, origin, more = {}) {
  const headers = {
    host: "api.example.com",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    accept: "*/*",
    "accept-language": "en-US,en;q=0.9",
    "accept-encoding": "gzip, deflate, br, zstd",
    referer: "https://tenant00000.example.com/",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "cross-site",
    "sec-fetch-dest": "empty",
    ...(origin && { origin }),
    ...more,
  };
  return { method, url: "/v1/things?page=2", headers, httpVersionMajor: 1, httpVersionMinor: 1 };
}

function requestsFor({ origin }) {
  const preflight = { "access-control-request-method": "PUT", "access-control-request-headers": "authorization,content-type" };
  return {
    "allowed GET": requestOf("GET", origin.at(-1)),
    "refused GET": requestOf("GET", "https://tenant99999.example.net"),
    "allowed preflight": requestOf("OPTIONS", origin.at(-1), preflight),
    "refused preflight": requestOf("OPTIONS", "https://tenant99999.example.net", preflight),
    "no Origin": requestOf("GET"),
  };
}

/** Answers a request behind a middleware: what Node does for a response is in it, as it is with none. */
function answering(middleware) {
  return (request) => {
    const response = new ServerResponse(request);
    response.end = function () {
      this.writeHead(this.statusCode);
    };
    middleware(request, response, () => response.end());
    return response;
  };
}

/** The fewest microseconds of processor time for one run of each of these functions, which take turns. */
async function measured(functions, times) {
  const taken = functions.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [place, run] of functions.entries()) {
      const begun = process.cpuUsage();
      for (let time = 0; time < times; time++) {
        const running = run();
        if (running instanceof Promise) await running;
      }
      const { user, system } = process.cpuUsage(begun);
      taken[place].push((user + system) / times);
    }
  }
  return taken.map((rounds) => Math.min(...rounds));
}

function row(...cells) {
  console.log(`| ${cells.map((cell) => (typeof cell === "number" ? cell.toFixed(cell < 20 ? 2 : 0) : cell)).join(" | ")} |`);
}

async function decisions() {
  row("request", "origins", "alone", "npm cors", "cors-engine");
  row("---", "---", "---", "---", "---");
  const slower = [];
  for (const origins of [1, 10_000]) {
    const options = optionsFor(origins);
    const alone = answering((request, response, next) => next());
    const theirs = answering(npmCors({ ...options, methods: METHODS }));
    const ours = answering(cors({ ...options, methods: METHODS.slice(2) }));
    for (const [name, request] of Object.entries(requestsFor(options))) {
      const times = await measured([alone, theirs, ours].map((answer) => () => answer(request)), REQUESTS);
      row(name, origins.toLocaleString("en"), ...times);
      if (times[2] > times[1]) slower.push(`${name}, ${origins} origins`);
    }
  }
  return slower;
}

/** A fetch as jsdom offers it. */
function byXhr(window, url) {
  return new Promise((resolve, reject) => {
    const request = new window.XMLHttpRequest();
    request.open("GET", url);
    request.onload = () => resolve(request.responseText);
    request.onerror = reject;
    request.send();
  });
}

async function exchanges() {
  const page = "http://localhost/";
  const server = createServer((request, response) => {
    response.writeHead(200, { "Access-Control-Allow-Origin": "http://localhost" }).end("items");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/items`;
  const { window: jsdom } = new JSDOM("", { url: page });
  const happyDom = new Window({ url: page });
  const ours = corsFetch({ page });
  const ways = {
    "fetch of Node, which knows no CORS": () => fetch(url).then((response) => response.text()),
    "`corsFetch` around it": () => ours(url).then((response) => response.text()),
    "fetch of happy-dom": () => happyDom.fetch(url).then((response) => response.text()),
    "XMLHttpRequest of jsdom": () => byXhr(jsdom, url),
  };
  row("a cross-origin GET on loopback, read", "microseconds");
  row("---", "---");
  const times = await measured(Object.values(ways), FETCHES);
  Object.keys(ways).forEach((name, place) => row(name, times[place]));
  await happyDom.happyDOM.close();
  jsdom.close();
  server.close();
  server.closeAllConnections();
}

const slower = await decisions();
console.log();
await exchanges();
if (values.check && slower.length > 0) {
  console.error(`slower than npm cors: ${slower.join("; ")}`);
  process.exit(1);
}
