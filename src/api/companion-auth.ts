import type { MiddlewareHandler } from "hono";
import type { CompanionLimit, CompanionService } from "../services/companions.js";
import { addressOf } from "./auth.js";
import type { ApiEnv } from "./env.js";
import { ProblemError } from "./problem.js";

/** The one address that takes a code in the place of a token. */
const open = "/companion/v1/pair";

/** Lets a request through when it carries the token of a companion: no API token opens what is behind this door. */
export function requireCompanion(companions: Pick<CompanionService, "enter">): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    // Browsers ask so before they send a token; there is no route for it, and nothing else answers.
    if (c.req.method === "OPTIONS" || c.req.path === open) return next();
    const given = /^bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (given === undefined) {
      throw new ProblemError("unauthorized", "Send the companion's token as Authorization: Bearer TOKEN.");
    }
    const admission = await companions.enter(given, addressOf(c));
    if (admission.kind === "limited") throw limited(admission);
    if (admission.kind === "unknown") throw unpaired();
    c.set("companion", admission.entry);
    await next();
  };
}

/** For a companion whose pairing was ended, at the door or while it waited. */
export function unpaired(): ProblemError {
  const detail = "This companion is not paired with an account (any more): pair it anew in pixiehook.";
  return new ProblemError("unauthorized", detail);
}

/** For whoever showed too many wrong codes or tokens, or asks too often. */
export function limited({ by, retryAfterSeconds: seconds }: CompanionLimit): ProblemError {
  const headers = { "retry-after": String(seconds) };
  if (by === "requests") {
    const detail = `This companion asks too often: ask again in ${seconds} s.`;
    return new ProblemError("rate_limited", detail, undefined, headers);
  }
  const detail = `Too many wrong codes or tokens came from this address: try again in ${seconds} s.`;
  return new ProblemError("too_many_failures", detail, undefined, headers);
}
