import type { FastifyPluginAsync } from "fastify";
import type { CorsOptions, Policy, PolicyDocument } from "./index.js";

/** Plugin for Fastify. Its options are those of middleware, or a policy. */
export const cors: FastifyPluginAsync<CorsOptions | PolicyDocument | { policy: Policy | PolicyDocument | string }>;
export default cors;
