import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { ApiEnv } from "./env.js";

/** A request that was answered. All but its time comes from small fixed sets, whatever was sent. */
export type ObserveRequest = (request: {
  readonly method: string;
  /** As it was registered, like `/v1/accounts/:id`; `other` for the dashboard and what is not there. */
  readonly route: string;
  /** `2xx` to `5xx`. */
  readonly status: string;
  /** Until the answer began. */
  readonly seconds: number;
}) => void;

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Tells of each request how it was answered, and how fast. */
export function measureRequests(observe: ObserveRequest): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const started = performance.now();
    await next();
    const route = matchedRoutes(c).findLast(({ path }) => !path.endsWith("*"))?.path ?? "other";
    const method = methods.has(c.req.method) ? c.req.method : "other";
    const status = `${Math.floor(c.res.status / 100)}xx`;
    observe({ method, route, status, seconds: (performance.now() - started) / 1_000 });
  };
}
