/** Middleware for Hono: `app.use(cors(options))`. */

import { settingsOf } from "./options.js";
import { answerTo, onto, preflightResponse } from "./web.js";

/** @param options options as of npm's `cors`, a policy document, or a `Policy` */
export function cors(options) {
  const { policy, preflightContinue } = settingsOf(options);

  return async function corsMiddleware(context, next) {
    const answer = await answerTo(policy, context.req.method, context.req.raw.headers);
    if (answer.status !== null && !preflightContinue) return preflightResponse(answer);
    await next();
    const response = onto(answer, context.res);
    if (response !== context.res) {
      context.res = undefined;
      context.res = response;
    }
  };
}
