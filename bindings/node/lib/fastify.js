/** Plugin for Fastify: `fastify.register(cors, options)`. */

import { onlyLine, pairsOf } from "./headers.js";
import { settingsOf } from "./options.js";

const ANSWER = Symbol("cors-engine: the answer to this request");

/** @param options options as of npm's `cors`, or `policy`, a `Policy` or a policy document */
export async function cors(fastify, options) {
  const { policy, preflightContinue } = settingsOf(withoutOwn(options));

  fastify.decorateRequest(ANSWER, null);

  fastify.addHook("onRequest", async (request, reply) => {
    const { headers } = request;
    const answer = await policy.answer(
      request.method,
      headers.origin,
      headers["access-control-request-method"],
      headers["access-control-request-headers"],
      (name) => onlyLine(pairsOf(request.raw.rawHeaders), name),
    );
    request[ANSWER] = answer;
    if (answer.status !== null && !preflightContinue) {
      await reply.code(answer.status).send();
    }
  });

  // Runs for every reply, also for errors and for routes that do not exist.
  fastify.addHook("onSend", async (request, reply) => {
    const answer = request[ANSWER];
    if (answer !== null) put(answer, reply);
  });
}

function put(answer, reply) {
  const { removes } = answer.form;
  for (const name of Object.keys(reply.getHeaders())) {
    if (removes.has(name)) reply.removeHeader(name);
  }
  for (const [name, value] of answer.headers()) {
    reply.header(name, reply.hasHeader(name) ? [reply.getHeader(name), value].flat() : value);
  }
  const before = reply.getHeader("vary");
  const vary = answer.varyBeside(before);
  if (vary !== before) reply.header("vary", vary);
}

/** Options without those that are Fastify's own. */
function withoutOwn({ prefix, logLevel, logSerializers, policy, ...options }) {
  return policy ?? options;
}

// The hooks are for the application that registers the plugin, not for a part of it.
cors[Symbol.for("skip-override")] = true;
cors[Symbol.for("fastify.display-name")] = "cors-engine";

export default cors;
