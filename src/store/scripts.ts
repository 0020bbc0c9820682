import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RedisClient } from "./redis.js";

const names = [
  "account-summary",
  "append",
  "budget-state",
  "claim-revival",
  "commit",
  "companion-add",
  "count-trouble",
  "due-announce",
  "due-settle",
  "due-take",
  "end-turn",
  "errand-answer",
  "errand-put",
  "errand-take",
  "keep-turn",
  "log-append",
  "mailbox-add",
  "mailbox-close",
  "mailbox-forget",
  "mailbox-look",
  "mailbox-purge",
  "mailbox-record",
  "move-cursor",
  "presence-beat",
  "presence-list",
  "prepend-cards",
  "rate-token",
  "refresh-jar",
  "replace-field",
  "replace-text",
  "replay-begin",
  "request-token",
  "session",
  "set-field",
  "set-pace",
  "source-add",
  "source-drop",
  "source-replace",
  "stage",
  "take-number",
  "tighten",
] as const;
export type ScriptName = (typeof names)[number];

/** Runs a script by name. Every key that it touches is in `keys`, or built from their hash tag. */
export type RunScript = (
  name: ScriptName,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
) => Promise<unknown>;

function read(name: string): string {
  const text = readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), "utf8");
  return text.replace(/^-- include (\S+)$/gm, (_line, included: string) => read(included));
}

const sources = new Map<ScriptName, { text: string; sha: string }>();

function source(name: ScriptName): { text: string; sha: string } {
  let known = sources.get(name);
  if (!known) {
    const text = read(name);
    known = { text, sha: createHash("sha1").update(text).digest("hex") };
    sources.set(name, known);
  }
  return known;
}

/** Scripts over a connection: sent by hash, and whole when the server does not know them (yet, or any more). */
export function createScripts(client: RedisClient): RunScript {
  return async (name, keys, args) => {
    const { text, sha } = source(name);
    try {
      return await client.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return client.eval(text, keys.length, ...keys, ...args);
    }
  };
}
