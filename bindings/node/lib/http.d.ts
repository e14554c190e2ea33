import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { PolicySource } from "./index.js";

/**
 * Middleware for Express, Connect and plain `http` servers.
 *
 * @throws PolicyError
 */
export function cors(
  options: PolicySource,
): (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
  next: (error?: unknown) => void,
) => void;
