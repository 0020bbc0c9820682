import type { HttpOutcome } from "./http.js";

/** Shorter ones hide nothing that could be guessed from a text without them. */
const shortest = 4;

/** A text in which each secret is replaced, in the spellings that a receiver repeats a request in. */
export function conceal(text: string, secrets: readonly string[]): string {
  const spelled = secrets
    .filter((secret) => secret.length >= shortest)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString("base64"),
    ]);
  const longestFirst = [...new Set(spelled)].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((kept, secret) => kept.replaceAll(secret, "[hidden]"), text);
}

/** An outcome to be recorded: receivers repeat what they were sent, credentials and all. */
export function concealOutcome(outcome: HttpOutcome, secrets: readonly string[]): HttpOutcome {
  return outcome.kind === "answered" ? { ...outcome, body: conceal(outcome.body, secrets) } : outcome;
}

/** What makes the address of a channel a key: its query, and where `path` is one, that too. */
export function secretsOfUrl(text: string, path: "public" | "secret"): string[] {
  const { pathname, search, searchParams, hash } = new URL(text);
  const parts = path === "secret" ? [pathname, ...pathname.split("/").slice(1)] : [];
  return [search.slice(1), ...searchParams.values(), hash.slice(1), ...parts].filter((part) => part !== "");
}

/** A header's value and the words in it: `Bearer abc` is repeated as `abc` too. */
export function secretsOfHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.values(headers).flatMap((value) => [value, ...value.split(/[\s,;=]+/).filter(isLong)]);
}

const isLong = (word: string) => word.length >= 8;
