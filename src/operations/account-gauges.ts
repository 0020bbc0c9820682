import { setImmediate as turn } from "node:timers/promises";
import { sessionStatuses } from "../domain/account.js";
import { sourceStatuses } from "../domain/source.js";
import type { Metrics } from "../metrics.js";
import type { AccountSummary } from "../store/accounts.js";
import type { Store } from "../store/store.js";
import { atMostEvery, freshMs } from "./fresh.js";

/** Accounts that are asked about at once: others have their turn in between. */
const abreast = 50;
/** Accounts that are looked at again in one look; of more the others come in the next. */
const mostAgain = 200;

interface Parts {
  readonly store: Pick<Store, "accounts">;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/**
 * Writes how the accounts are into the metrics, at most every fifteen seconds. Each look asks those that are new, and of
 * the others the two hundred whose turn it is, so that a scrape costs the same however many there are.
 */
export function createAccountGauges({ store, metrics, now }: Parts): () => Promise<void> {
  // In the order in which they were looked at.
  const known = new Map<string, AccountSummary>();

  async function look(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += abreast) {
      const some = ids.slice(from, from + abreast);
      const summaries = await Promise.all(some.map((id) => store.accounts.summary(id)));
      for (const [index, id] of some.entries()) {
        const summary = summaries[index];
        known.delete(id);
        if (summary) known.set(id, summary);
      }
      await turn();
    }
  }

  return atMostEvery(freshMs, now, async () => {
    const ids = new Set(await store.accounts.ids());
    for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
    const again = [...known.keys()].slice(0, mostAgain);
    const fresh = [...ids].filter((id) => !known.has(id));
    await look([...fresh, ...again]);
    write([...known.values()], metrics);
  });
}

function write(all: readonly AccountSummary[], metrics: Metrics): void {
  const sum = (numberOf: (summary: AccountSummary) => number) =>
    all.reduce((total, summary) => total + numberOf(summary), 0);
  for (const session of sessionStatuses)
    metrics.accounts.set(
      { session },
      sum((account) => (account.session === session ? 1 : 0)),
    );
  for (const status of sourceStatuses)
    metrics.sources.set(
      { status },
      sum(({ sources }) => sources[status]),
    );
  metrics.floodsHeld.set(sum(({ held }) => held));
  metrics.budgetAllowed.set(
    sum(({ session, requestsPerMinute }) => (session === "active" ? requestsPerMinute : 0)),
  );
  metrics.budgetUsed.set(sum(({ usedLastMinute }) => usedLastMinute));
}
