import { cors } from "cors-engine/express";
import express from "express";
import { OWN } from "./routes.mjs";

export function serve(policy) {
  const app = express();
  app.set("env", "test");
  app.use(cors(policy));
  app.get("/items", (request, response) => response.type("text").send("items"));
  app.put("/items", (request, response) => response.type("text").send("stored"));
  app.get("/login", (request, response) => response.cookie("session", "alice").end());
  app.get("/me", (request, response) => response.send(request.get("Cookie") ?? ""));
  app.get("/own", (request, response) => response.set(OWN).send("own"));
  app.get("/broken", () => {
    throw new Error("broken");
  });
  return app.listen(0, "127.0.0.1");
}
