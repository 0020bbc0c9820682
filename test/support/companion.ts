import type { HandedCookie } from "../../src/domain/companion.js";
import type { CompanionEntry } from "../../src/services/companions.js";
import type { Machine } from "./machine.js";

/** The cookies of a Cookie header, as a browser on this machine gives them to its extensions. */
export function handedCookies(header: string): HandedCookie[] {
  const kind = { domain: "127.0.0.1", hostOnly: true, path: "/", secure: false, httpOnly: true };
  return header.split("; ").map((pair) => {
    const at = pair.indexOf("=");
    return { name: pair.slice(0, at), value: pair.slice(at + 1), ...kind };
  });
}

/** Pairs a browser with an account. */
export async function pair(
  { companions }: Pick<Machine, "companions">,
  account: string,
  browser = "Firefox",
) {
  const pairing = await companions.pairing(account);
  const paired = await companions.pair(pairing?.code ?? "", browser, "");
  if (paired.kind !== "paired") throw new Error("not paired");
  const entry: CompanionEntry = { account, companion: paired.companion };
  return { entry, token: paired.token };
}

/** Gets pages for an account, with the cookies of a Cookie header, until it is stopped. */
export function readAs(
  { companions }: Pick<Machine, "companions">,
  entry: CompanionEntry,
  cookie: () => string,
): { stop(): Promise<void> } {
  const gone = new AbortController();
  const ends = { gone: gone.signal, stop: new AbortController().signal };
  const work = async () => {
    while (!gone.signal.aborted) {
      const taken = await companions.takeErrand(entry, "one sign-in", 20_000, ends);
      if (!taken) return;
      if (!taken.errand) continue;
      const { id, url, headers } = taken.errand;
      const got = await fetch(url, { headers: { ...headers, cookie: cookie() }, redirect: "manual" });
      const answer = {
        status: got.status,
        headers: Object.fromEntries(got.headers),
        body: await got.text(),
      };
      await companions.answerErrand(entry, id, answer);
    }
  };
  const done = work();
  return {
    async stop() {
      gone.abort();
      await done;
    },
  };
}
