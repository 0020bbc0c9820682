import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { companionToken, type ErrandAnswer } from "../../src/domain/companion.js";
import { restoreSession } from "../../src/pipeline/session.js";
import { createErrandStore } from "../../src/store/errands.js";
import { createScripts } from "../../src/store/scripts.js";
import type { Machine } from "./machine.js";

/** Stands in for a browser whose companion gets pages: real requests, with cookies of its own. */
export interface ReadingBrowser {
  /** Paths that it was sent for. */
  readonly visited: readonly string[];
  close(): Promise<void>;
}

/** Pairs an account with a browser in which somebody is signed in, opens it, and lets it read. */
export async function letBrowserRead(
  machine: Machine,
  socketPath: string,
  id: string,
  {
    email,
    ...signedIn
  }: Pick<ReadingBrowserOptions, "cookies" | "bend" | "signIn"> & { readonly email: string },
): Promise<ReadingBrowser> {
  const { store } = machine.parts;
  const at = new Date().toISOString();
  const token = companionToken(id, randomBytes(32).toString("base64url"));
  await store.companions.add(id, { id: usual, browser: "Chromium", createdAt: at, lastHeardAt: at }, token);
  await machine.accounts.update(id, { readBy: "browser" });
  const browser = openReadingBrowser({ socketPath, account: id, ...signedIn });
  while (!(await store.errands.isAttended(id))) await sleep(5);
  const account = await store.accounts.get(id);
  if (account) await restoreSession(account, { by: "companion", user: { name: null, email } }, machine.parts);
  return browser;
}

const usual = "cmp_0123456789abcdef";

export interface ReadingBrowserOptions {
  readonly socketPath: string;
  readonly account: string;
  /** Cookie header. */
  readonly cookies: () => string;
  readonly companion?: string;
  /** Another text when somebody may have signed in or out. */
  readonly signIn?: () => string;
  /** In place of what was got; null: the browser is closed before it answers. */
  readonly bend?: (path: string, answer: ErrandAnswer) => ErrandAnswer | null;
}

/** Begins to ask for errands of an account, as soon as one is there, until it is closed. */
export function openReadingBrowser(options: ReadingBrowserOptions): ReadingBrowser {
  const { account, companion = usual, signIn = () => "first" } = options;
  const { bend = (_path, answer) => answer } = options;
  const client = new Redis(options.socketPath, { protocol: 2 });
  const errands = createErrandStore(client, createScripts(client));
  const visited: string[] = [];
  let open = true;

  async function visit(url: string, headers: Readonly<Record<string, string>>): Promise<ErrandAnswer> {
    try {
      const sent = { ...headers, cookie: options.cookies(), "sec-fetch-site": "none" };
      const answer = await fetch(url, { headers: sent, redirect: "manual" });
      const told = [...answer.headers].filter(([name]) => name !== "set-cookie");
      return { status: answer.status, headers: Object.fromEntries(told), body: await answer.text() };
    } catch {
      return { failure: "unreachable" };
    }
  }

  async function work(): Promise<void> {
    while (open) {
      const { errand } = await errands.take(account, { companion, signIn: signIn() });
      if (!errand) {
        await sleep(5);
        continue;
      }
      const path = new URL(errand.url).pathname;
      visited.push(path);
      const answer = bend(path, await visit(errand.url, errand.headers));
      if (!answer) break;
      await errands.answer(account, errand.id, companion, answer);
    }
    await errands.leave(account, companion);
  }
  const working = work();
  return {
    visited,
    async close() {
      open = false;
      await working;
      client.disconnect();
    },
  };
}
