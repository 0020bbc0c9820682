import { randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { Log } from "../log.js";
import type { ApiEnv } from "./env.js";

const wellFormed = /^[A-Za-z0-9._:-]{1,128}$/;
/** Addresses that machines ask for all the time. */
const quiet = new Set(["/healthz", "/readyz", "/metrics"]);

/** Unsubscribe links carry a token in their path; it does not belong in a log. */
function loggedPath(path: string): string {
  return path.startsWith("/unsubscribe/") ? "/unsubscribe/…" : path;
}

/** Gives each request an id, carried in every answer and log line, and writes one log line for it. */
export function identifyRequests(log: Log): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const given = c.req.header("x-request-id");
    const requestId = given !== undefined && wellFormed.test(given) ? given : randomUUID();
    c.set("requestId", requestId);
    c.set("log", log.child({ requestId }));
    const started = performance.now();
    await next();
    c.header("x-request-id", requestId);
    const { method, path } = c.req;
    const { status } = c.res;
    const ms = Math.round(performance.now() - started);
    const level = status >= 500 ? "warn" : quiet.has(path) ? "debug" : "info";
    c.get("log")[level]({ method, path: loggedPath(path), status, ms }, "request");
  };
}

/** What every answer says to browsers: load nothing, frame nothing, guess nothing. Pages say their own. */
export const securityHeaders: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next();
  const { headers } = c.res;
  const defaults = {
    "content-security-policy":
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
  };
  for (const [name, value] of Object.entries(defaults)) {
    if (!headers.has(name)) c.header(name, value);
  }
};
