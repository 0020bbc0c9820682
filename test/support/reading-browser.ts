import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { ErrandAnswer } from "../../src/domain/companion.js";
import { createErrandStore } from "../../src/store/errands.js";
import { createScripts } from "../../src/store/scripts.js";

/** Stands in for a browser whose companion gets pages: real requests, with cookies of its own. */
export interface ReadingBrowser {
  /** Paths that it was sent for. */
  readonly visited: readonly string[];
  close(): Promise<void>;
}

/** Begins to ask for errands of an account, as soon as one is there, until it is closed. */
export function openReadingBrowser(options: {
  readonly socketPath: string;
  readonly account: string;
  /** Cookie header. */
  readonly cookies: () => string;
}): ReadingBrowser {
  const { account } = options;
  const client = new Redis(options.socketPath, { protocol: 2 });
  const errands = createErrandStore(client, createScripts(client));
  const reader = { companion: "cmp_0123456789abcdef", signIn: "first" };
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
      const { errand } = await errands.take(account, reader);
      if (!errand) {
        await sleep(5);
        continue;
      }
      visited.push(new URL(errand.url).pathname);
      await errands.answer(account, errand.id, reader.companion, await visit(errand.url, errand.headers));
    }
    await errands.leave(account, reader.companion);
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
