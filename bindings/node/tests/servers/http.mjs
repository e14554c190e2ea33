import { createServer } from "node:http";
import { cors } from "cors-engine/http";
import { routed } from "./routes.mjs";

export function serve(policy) {
  const allow = cors(policy);
  return createServer((request, response) => {
    allow(request, response, (error) => {
      if (error) return response.writeHead(500).end();
      const { status, headers, body } = routed(request.method, request.url, request.headers.cookie);
      response.writeHead(status, headers).end(body);
    });
  }).listen(0, "127.0.0.1");
}
