import type { MiddlewareHandler } from "hono";
import type { PolicySource } from "./index.js";

/**
 * Middleware for Hono.
 *
 * @throws PolicyError
 */
export function cors(options: PolicySource): MiddlewareHandler;
