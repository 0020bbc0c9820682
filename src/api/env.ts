import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Log } from "../log.js";

/** What a request carries from the first middleware on. */
export interface ApiEnv {
  Variables: { requestId: string; log: Log };
}

export type Api = OpenAPIHono<ApiEnv>;
