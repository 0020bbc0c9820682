import { type TokenInput, type TokenScope, tokenInputSchema, tokenScopes } from "../domain/token.js";

/** For how many days a token is good, as the form offers it; `date` asks for the day itself. */
export const lifetimes = ["never", "30", "90", "365", "date"] as const;
export type Lifetime = (typeof lifetimes)[number];

/** What stands in the form, as it was typed. */
export interface TokenDraft {
  readonly name: string;
  readonly scope: TokenScope;
  readonly lifetime: Lifetime;
  /** Its last day, such as `2027-01-31`. */
  readonly day: string;
}

export type TokenProblems = Partial<Record<"name" | "day", string>>;

const dayMs = 86_400_000;

/** The form before anyone typed. */
export const emptyTokenDraft: TokenDraft = { name: "", scope: "read", lifetime: "never", day: "" };

/** Reads a form that anyone may have sent. */
export function readTokenDraft(fields: Record<string, unknown>): TokenDraft {
  const text = (name: string) => {
    const value = fields[name];
    return typeof value === "string" ? value.trim() : "";
  };
  return {
    name: text("name"),
    // Who chose neither gets the one that can do no harm.
    scope: tokenScopes.find((scope) => scope === text("scope")) ?? "read",
    lifetime: lifetimes.find((lifetime) => lifetime === text("lifetime")) ?? "never",
    day: text("day"),
  };
}

/** When a token ends that is good to the end of its last day (UTC); null for what is no day. */
function endOf(day: string): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return null;
  const start = Date.parse(`${day}T00:00:00.000Z`);
  // February has no 30th, however willingly it is read.
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== day) return null;
  const end = new Date(start + dayMs).toISOString();
  return end.length === 24 ? end : null;
}

/** A draft as a token to be made, or what is wrong with it, in plain words. */
export function checkTokenDraft(
  { name, scope, lifetime, day }: TokenDraft,
  now: Date,
): { readonly input: TokenInput } | { readonly problems: TokenProblems } {
  const problems: TokenProblems = {};
  if (name === "") problems.name = "Give it a name, so that you know it again.";
  else if (!tokenInputSchema.shape.name.safeParse(name).success)
    problems.name = "This is too long: 100 characters at most.";
  let expiresAt: string | null = null;
  if (lifetime === "date") {
    expiresAt = endOf(day);
    if (expiresAt === null) problems.day = "Choose a day, such as 2027-01-31.";
    else if (Date.parse(expiresAt) <= now.getTime())
      problems.day = "This day is over: choose one that is still to come.";
  } else if (lifetime !== "never") {
    expiresAt = new Date(now.getTime() + Number(lifetime) * dayMs).toISOString();
  }
  return Object.keys(problems).length > 0 ? { problems } : { input: { name, scope, expiresAt } };
}
