import cors from "cors-engine/fastify";
import fastify from "fastify";
import { OWN } from "./routes.mjs";

export async function serve(policy) {
  const app = fastify();
  await app.register(cors, typeof policy === "string" || typeof policy.decide === "function" ? { policy } : policy);
  app.get("/items", async () => "items");
  app.put("/items", async () => "stored");
  app.get("/login", async (request, reply) => reply.header("Set-Cookie", "session=alice; Path=/").send(""));
  app.get("/me", async (request) => request.headers.cookie ?? "");
  app.get("/own", async (request, reply) => reply.headers(OWN).send("own"));
  app.get("/broken", async () => {
    throw new Error("broken");
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return app.server;
}
