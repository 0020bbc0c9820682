import { z } from "zod";

/** What a token may do: `admin` everything, `read` look at everything and change nothing. */
export const tokenScopes = ["admin", "read"] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** Tells scanners for leaked secrets, and people, what it is. */
export const tokenPrefix = "pxh_";

export const tokenInputSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scope: z.enum(tokenScopes),
  expiresAt: z.iso
    .datetime({ offset: true, error: "must be an ISO 8601 time with a zone, such as 2027-01-01T00:00:00Z" })
    .transform((text) => new Date(text).toISOString())
    .nullable()
    .default(null),
});
export type TokenInput = z.output<typeof tokenInputSchema>;

/** An API token as it is shown: everything but the token. */
export interface Token extends TokenInput {
  readonly id: string;
  /** Its last four characters, to tell tokens apart; null for the first one, which may be short. */
  readonly hint: string | null;
  /** Null for the first one, which was there before. */
  readonly createdAt: string | null;
  /** Up to the minute. */
  readonly lastUsedAt: string | null;
}

/** The token of the settings. It opens everything, never expires, and only the settings can change it. */
export const firstToken: Token = {
  id: "tok_first",
  name: "first token",
  scope: "admin",
  hint: null,
  createdAt: null,
  lastUsedAt: null,
  expiresAt: null,
};

/** The scope that a request needs. A preview is a POST that changes nothing. */
export function scopeFor(method: string, path: string): TokenScope {
  if (method === "GET" || method === "HEAD") return "read";
  return method === "POST" && path === "/v1/subscriptions/preview" ? "read" : "admin";
}

/** Whether a token of scope `has` may do what needs `needed`. */
export function allows(has: TokenScope, needed: TokenScope): boolean {
  return has === "admin" || has === needed;
}

/** Whether a token that ends at `expiresAt` has ended. */
export function isExpired({ expiresAt }: Pick<Token, "expiresAt">, now: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= now;
}

const noteEveryMs = 60_000;

/** Whether a use is worth writing down: at most one a minute is. */
export function isUseNews(lastUsedAt: string | null, now: number): boolean {
  return lastUsedAt === null || now - Date.parse(lastUsedAt) >= noteEveryMs;
}
