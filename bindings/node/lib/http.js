/**
 * Middleware for Express, Connect and plain `http` servers: `(request, response, next)`.
 *
 * The answer goes onto the response when its head is written, over whatever the application has put there and
 * whatever its status: an error page, a 404 and a redirect carry it too.
 */

import { onlyLine, pairsOf } from "./headers.js";
import { settingsOf } from "./options.js";

/** @param options options as of npm's `cors`, a policy document, or a `Policy` */
export function cors(options) {
  const { policy, preflightContinue } = settingsOf(options);

  return function corsMiddleware(request, response, next) {
    const { headers } = request;
    const answer = policy.answer(
      request.method,
      headers.origin,
      headers["access-control-request-method"],
      headers["access-control-request-headers"],
      (name) => onlyLine(pairsOf(request.rawHeaders), name),
    );
    if (answer instanceof Promise) {
      answer.then((answer) => carryOut(answer, preflightContinue, request, response, next)).catch(next);
    } else {
      carryOut(answer, preflightContinue, request, response, next);
    }
  };
}

function carryOut(answer, preflightContinue, request, response, next) {
  const { status } = answer.form;
  if (status !== null && !preflightContinue) {
    put(answer, response);
    response.statusCode = status;
    response.end();
    return;
  }
  const { writeHead } = response;
  response.writeHead = (status, reason, headers) => {
    response.writeHead = writeHead;
    if (!response.headersSent) {
      const passed = typeof reason === "string" ? headers : reason;
      if (passed) setAll(response, passed);
      put(answer, response);
    }
    return typeof reason === "string" ? response.writeHead(status, reason) : response.writeHead(status);
  };
  // Over HTTP/2 a head can be sent without a call of `writeHead`.
  if (request.httpVersionMajor === 2) put(answer, response);
  next();
}

/** Sets what was passed to `writeHead`: an object, a list of pairs, or a list of names and values by turns. */
function setAll(response, headers) {
  if (!Array.isArray(headers)) {
    for (const name of Object.keys(headers)) response.setHeader(name, headers[name]);
    return;
  }
  const pairs = Array.isArray(headers[0]) ? headers : pairsOf(headers);
  for (const [name] of pairs) response.removeHeader(name);
  for (const [name, value] of pairs) add(response, name, value);
}

/** Puts an answer on a response, which changes nothing if it is there already. */
function put(answer, response) {
  const { removes, headers, hasRepeats } = answer.form;
  for (const name of response.getHeaderNames()) {
    if (removes.has(name)) response.removeHeader(name);
  }
  for (let place = 0; place < headers.length; place++) {
    const [name, source] = headers[place];
    if (hasRepeats) add(response, name, answer.value(source));
    else response.setHeader(name, answer.value(source));
  }
  const before = response.getHeader("vary");
  const vary = answer.varyBeside(before);
  if (vary !== before) response.setHeader("vary", vary);
}

/** Adds a line to those of its name. */
function add(response, name, value) {
  const before = response.getHeader(name);
  response.setHeader(name, before === undefined ? value : [before, value].flat());
}
