/** A handler as edge workers, Deno and Bun have it. */

import { withCors } from "cors-engine/web";
import { routed } from "./routes.mjs";

export function handler(policy) {
  return withCors(policy, (request) => {
    const path = new URL(request.url).pathname;
    const { status, headers, body } = routed(request.method, path, request.headers.get("cookie") ?? "");
    return new Response(body, { status, headers });
  });
}
