import type { Context, MiddlewareHandler } from "hono";
import { allows, scopeFor } from "../domain/token.js";
import type { Entrance, TokenService } from "../services/tokens.js";
import type { ApiEnv } from "./env.js";
import { ProblemError } from "./problem.js";

/** What the server hands along with a request; tests without a socket hand nothing. */
interface Bindings {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}

/** The address of the client's socket: headers that name another one can be made up. */
export function addressOf(c: Context): string {
  const bindings = c.env as Bindings | undefined;
  return bindings?.incoming?.socket?.remoteAddress ?? "";
}

/** Lets a request through when it carries a token that stands and may do what it asks for. */
export function requireToken(
  entrance: Entrance,
  tokens: Pick<TokenService, "noteUse">,
): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    // Browsers ask so before they send a token; there is no route for it, and nothing else answers.
    if (c.req.method === "OPTIONS") return next();
    const header = c.req.header("authorization");
    if (header === undefined) {
      throw new ProblemError("unauthorized", "Send the API token as Authorization: Bearer TOKEN.");
    }
    const given = /^bearer +(\S+)$/i.exec(header)?.[1] ?? "";
    const entry = await entrance.enter(given, addressOf(c));
    if (entry.kind === "limited") throw tooManyFailures(entry.retryAfterSeconds);
    if (entry.kind === "unknown") {
      throw new ProblemError("unauthorized", "The API token in the Authorization header is not valid.");
    }
    const { token } = entry;
    if (entry.kind === "expired") {
      const detail = `This API token (${token.id}) expired at ${token.expiresAt}: make a new one with POST /v1/tokens.`;
      throw new ProblemError("unauthorized", detail);
    }
    const needed = scopeFor(c.req.method, c.req.path);
    if (!allows(token.scope, needed)) {
      const detail = `${c.req.method} ${c.req.path} needs a token of scope ${needed}; this one (${token.id}) is of scope ${token.scope}.`;
      throw new ProblemError("scope_missing", detail);
    }
    c.set("token", token);
    // Not waited for: a store that is slow must not be slow twice.
    void tokens.noteUse(token);
    await next();
  };
}

function tooManyFailures(seconds: number): ProblemError {
  const detail = `Too many wrong API tokens came from this address: try again in ${seconds} s.`;
  return new ProblemError("too_many_failures", detail, undefined, { "retry-after": String(seconds) });
}
