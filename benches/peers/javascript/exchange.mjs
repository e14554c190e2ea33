// A whole preflighted exchange by jsdom and by happy-dom in this process. The answers are ready, those that
// benches/rows/exchange.rs makes of the policy for cors-engine: no socket, no HTTP. Each turn asks another URL, so
// that no cache spares its preflight.

import { EventEmitter } from 'node:events';
import https from 'node:https';
import { Readable } from 'node:stream';
import { Window } from 'happy-dom';
import { JSDOM, VirtualConsole } from 'jsdom';
import { Dispatcher } from 'undici';
import { median, print } from './work.mjs';

const page = 'https://tenant00000.example.com';
const headers = {
  Authorization: 'Bearer 8c1f0b6e2d9a47f3b5e07a64c9d2138f',
  'Content-Type': 'application/json',
};
const preflightAnswer = [
  ['access-control-allow-origin', page],
  ['access-control-allow-credentials', 'true'],
  ['access-control-allow-methods', 'DELETE,PUT'],
  ['access-control-max-age', '600'],
  ['access-control-allow-headers', 'authorization,content-type,x-requested-with'],
  ['vary', 'origin, access-control-request-method, access-control-request-headers'],
];
const answer = [
  ['access-control-allow-origin', page],
  ['access-control-allow-credentials', 'true'],
  ['access-control-expose-headers', 'x-request-id,x-total-count'],
  ['vary', 'origin'],
];

let requests = 0;
const answerTo = (method) => {
  requests += 1;
  return method === 'OPTIONS' ? [204, preflightAnswer] : [200, answer];
};

let turns = 0;
const nextUrl = () => `https://api.example.com/v1/things?page=${(turns += 1)}`;

// What jsdom sends its requests through.
class ReadyAnswers extends Dispatcher {
  dispatch({ method }, handler) {
    const [status, lines] = answerTo(method);
    handler.onConnect(() => {});
    handler.onHeaders(status, lines.flat().map(Buffer.from), () => {}, '');
    handler.onComplete([]);
    return true;
  }
}

const jsdom = () => {
  const resources = { dispatcher: new ReadyAnswers() };
  const { window } = new JSDOM('', { url: page, resources, virtualConsole: new VirtualConsole() });
  return () =>
    new Promise((done, failed) => {
      const request = new window.XMLHttpRequest();
      request.open('PUT', nextUrl());
      request.withCredentials = true;
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.onload = () => done();
      request.onerror = () => failed(new Error('jsdom refused the exchange'));
      request.send();
    });
};

// What happy-dom sends its requests through instead of Node's `https.request`.
class ReadyRequest extends EventEmitter {
  constructor(method) {
    super();
    this.method = method;
  }
  setTimeout() {}
  destroy() {}
  end() {
    const [statusCode, lines] = answerTo(this.method);
    const message = Readable.from([]);
    const named = Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]));
    Object.assign(message, { statusCode, statusMessage: '', headers: named, rawHeaders: lines.flat() });
    queueMicrotask(() => this.emit('response', message));
  }
}

const happyDom = () => {
  https.request = (url, { method }) => new ReadyRequest(method);
  const window = new Window({ url: page });
  return () => window.fetch(nextUrl(), { method: 'PUT', credentials: 'include', headers });
};

for (const [library, make] of [['jsdom', jsdom], ['happy-dom', happyDom]]) {
  const exchange = make();
  requests = 0;
  await exchange();
  if (requests !== 2) throw new Error(`${library} made ${requests} requests instead of a preflight and a request`);
  print({ library, work: 'a preflighted exchange', origins: 1, nanoseconds: await median(exchange) });
}
process.exit(0);
