import type { HttpOutcome } from "./http.js";

/** Shorter ones hide nothing that could be guessed from a text without them. */
const shortest = 4;
/** Answers are cut at 4 kB, which is no fewer characters than these. */
const shortestCut = 1_000;

/** A text in which each secret is replaced, in the spellings that a receiver repeats a request in. */
export function conceal(text: string, secrets: readonly string[]): string {
  if (text.length < shortest) return text;
  const spelled = secrets
    .filter((secret) => secret.length >= shortest)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString("base64"),
    ]);
  const longestFirst = [...new Set(spelled)].sort((a, b) => b.length - a.length);
  return hideEnd(
    longestFirst.reduce((kept, secret) => kept.replaceAll(secret, "[hidden]"), text),
    longestFirst,
  );
}

/** A text that was cut can end in the beginning of a secret. */
function hideEnd(text: string, secrets: readonly string[]): string {
  if (text.length < shortestCut) return text;
  for (const secret of secrets) {
    for (let length = secret.length - 1; length >= shortest; length -= 1) {
      if (text.endsWith(secret.slice(0, length))) return `${text.slice(0, -length)}[hidden]`;
    }
  }
  return text;
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
