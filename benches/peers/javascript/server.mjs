// The npm package cors: its middleware, called directly.

import cors from 'cors';
import { median, origins, policy, print, works } from './work.mjs';

class Response {
  headers = {};
  statusCode = 200;
  setHeader(name, value) {
    this.headers[name.toLowerCase()] = value;
  }
  getHeader(name) {
    return this.headers[name.toLowerCase()];
  }
  end() {}
}

const unguarded = (request, response, next) => next();
const row = async (work, count, middleware, request) => {
  const turn = () => middleware(request, new Response(), () => {});
  print({ library: 'npm cors', work, origins: count, nanoseconds: await median(turn) });
};

await row('without CORS', 1, unguarded, works[0][2](1));
for (const [work, counts, request] of works) {
  for (const count of counts) {
    const middleware = cors({
      origin: origins(count),
      credentials: true,
      methods: policy.methods,
      allowedHeaders: policy.requestHeaders,
      exposedHeaders: policy.exposedHeaders,
      maxAge: policy.maxAge,
    });
    await row(work, count, middleware, request(count));
  }
}
