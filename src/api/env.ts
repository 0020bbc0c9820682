import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Token } from "../domain/token.js";
import type { Log } from "../log.js";
import type { CompanionEntry } from "../services/companions.js";

/** What a request carries from the first middleware on. */
export interface ApiEnv {
  Variables: {
    requestId: string;
    log: Log;
    /** Under `/v1`, from the door on. */
    token: Token;
    /** Under `/companion/v1`, from its door on. */
    companion: CompanionEntry;
  };
}

export type Api = OpenAPIHono<ApiEnv>;

/** The OpenAPI description of it. */
export type ApiDocument = ReturnType<Api["getOpenAPI31Document"]>;
