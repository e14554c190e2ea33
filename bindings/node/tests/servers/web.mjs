import { createAdaptorServer } from "@hono/node-server";
import { handler } from "./handler.mjs";

export function serve(policy) {
  return createAdaptorServer({ fetch: handler(policy) }).listen(0, "127.0.0.1");
}
