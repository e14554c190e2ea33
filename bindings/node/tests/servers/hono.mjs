import { createAdaptorServer } from "@hono/node-server";
import { cors } from "cors-engine/hono";
import { Hono } from "hono";
import { OWN } from "./routes.mjs";

export function serve(policy) {
  const app = new Hono();
  app.use(cors(policy));
  app.get("/items", (context) => context.text("items"));
  app.put("/items", (context) => context.text("stored"));
  app.get("/login", (context) => context.body("", 200, { "Set-Cookie": "session=alice; Path=/" }));
  app.get("/me", (context) => context.text(context.req.header("Cookie") ?? ""));
  app.get("/own", (context) => context.text("own", 200, OWN));
  app.get("/broken", () => {
    throw new Error("broken");
  });
  app.onError((error, context) => context.text(error.message, 500));
  return createAdaptorServer({ fetch: app.fetch }).listen(0, "127.0.0.1");
}
