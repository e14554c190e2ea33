/** A Cloudflare Worker. */

import { handler } from "./handler.mjs";

let fetch;

export default {
  fetch(request, environment) {
    fetch ??= handler(JSON.parse(environment.POLICY));
    return fetch(request);
  },
};
