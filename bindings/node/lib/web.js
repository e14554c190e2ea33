/** For servers that take a `Request` and give a `Response`: edge workers, Deno, Bun. */

import { settingsOf } from "./options.js";

/**
 * Puts a policy around a handler.
 *
 * @param options options as of npm's `cors`, a policy document, or a `Policy`
 * @param handler `(request, ...rest) => Response`, or a promise of one
 */
export function withCors(options, handler) {
  const { policy, preflightContinue } = settingsOf(options);
  return async (request, ...rest) => {
    const answer = await answerTo(policy, request.method, request.headers);
    if (answer.status !== null && !preflightContinue) return preflightResponse(answer);
    return onto(answer, await handler(request, ...rest));
  };
}

/** The answer to a request with these `Headers`. */
export function answerTo(policy, method, headers) {
  const value = (name) => headers.get(name) ?? undefined;
  return policy.answer(
    method,
    value("origin"),
    value("access-control-request-method"),
    value("access-control-request-headers"),
    value,
  );
}

export function preflightResponse(answer) {
  return onto(answer, new Response(null, { status: answer.status }));
}

/** A response with an answer on it: the same one, unless its headers cannot be changed. */
export function onto(answer, response) {
  try {
    put(answer, response.headers);
    return response;
  } catch (error) {
    if (!(error instanceof TypeError) || response.status === 0) throw error;
    const copy = new Response(response.body, response);
    put(answer, copy.headers);
    return copy;
  }
}

function put(answer, headers) {
  for (const name of answer.form.removes) headers.delete(name);
  for (const [name, value] of answer.headers()) headers.append(name, value);
  const vary = answer.varyBeside(headers.get("vary"));
  if (vary !== null && vary !== undefined && vary !== "") headers.set("vary", vary);
}
