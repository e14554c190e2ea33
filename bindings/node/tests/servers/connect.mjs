import connect from "connect";
import { cors } from "cors-engine/express";
import { routed } from "./routes.mjs";

export function serve(policy) {
  const app = connect();
  app.use(cors(policy));
  app.use((request, response) => {
    const { status, headers, body } = routed(request.method, request.url, request.headers.cookie);
    if (status === 500) throw new Error(body);
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(body);
  });
  return app.listen(0, "127.0.0.1");
}
