import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./env.js";
import { ProblemError } from "./problem.js";

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Lets a request through when it carries the token. Digests are compared, in a time that tells nothing. */
export function requireToken(apiToken: string): MiddlewareHandler<ApiEnv> {
  const expected = digest(apiToken);
  return async (c, next) => {
    const header = c.req.header("authorization");
    if (header === undefined) {
      throw new ProblemError("unauthorized", "Send the API token as Authorization: Bearer TOKEN.");
    }
    const given = /^bearer +(\S+)$/i.exec(header)?.[1];
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw new ProblemError("unauthorized", "The API token in the Authorization header is not valid.");
    }
    await next();
  };
}
