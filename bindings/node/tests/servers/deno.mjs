// deno run --allow-net --allow-read servers/deno.mjs POLICY

import { handler } from "./handler.mjs";

const policy = JSON.parse(Deno.args[0]);
Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(port) }, handler(policy));
