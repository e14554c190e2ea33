import type { PolicySource } from "./index.js";

/**
 * Puts a policy around a handler that takes a `Request` and gives a `Response`: edge workers, Deno, Bun.
 *
 * @throws PolicyError
 */
export function withCors<Rest extends unknown[]>(
  options: PolicySource,
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response>;
