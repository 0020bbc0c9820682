import { setTimeout as sleep } from "node:timers/promises";
import { thawEvent } from "../../../src/domain/event.js";
import { deliveryId } from "../../../src/domain/ids.js";
import type { Store } from "../../../src/store/store.js";
import { audit, type Listener, type Receipt, type ToldEvent, type Verdict } from "./audit.js";
import type { Receivers } from "./receivers.js";
import { type BusyStudio, toldTypes } from "./studio.js";

/** Gathers what the judge of a run has to know. */
export interface Witness {
  /**
   * Notes what is in flight at this moment, as something that breaks now may bring it again: requests that nobody has
   * recorded as delivered. Answers how many those are.
   */
  noteInFlight(): Promise<number>;
  /** Whatever came from `from` until now (ms) may come again: when nobody can be asked what was recorded. */
  excuseSince(from: number): void;
  /** Waits until everything is told and delivered, and then a little for what should not come. */
  settle(withinMs: number): Promise<Verdict>;
  verdict(): Promise<Verdict>;
}

export interface WitnessParts {
  readonly store: Store;
  readonly studio: BusyStudio;
  readonly receivers: Receivers;
  readonly accounts: readonly string[];
  readonly listeners: readonly Listener[];
  /** The subscription of each receiver. */
  readonly subscriptions: ReadonlyMap<string, string>;
  readonly lateMs: number;
}

/** How long to wait for what should not come, ms. */
const afterwardsMs = 4_000;
const eventsAtOnce = 500;

export function createWitness(parts: WitnessParts): Witness {
  const { store, studio, receivers, accounts, listeners, subscriptions, lateMs } = parts;
  const excused: { readonly from: number; readonly until: number }[] = [];
  const inFlight = new Set<Receipt>();
  let unconfirmed: Receipt[] = [];
  let noted = 0;

  const wasInFlight = (receipt: Receipt) =>
    inFlight.has(receipt) || excused.some(({ from, until }) => receipt.at >= from && receipt.at <= until);
  const isRecorded = async ({ receiver, event }: Receipt) => {
    const delivery = await store.mailboxes.get(deliveryId(subscriptions.get(receiver) ?? "", event));
    return delivery?.status === "delivered";
  };
  const verdict = async () => {
    const log = await logOf(store, accounts);
    const { expected } = studio;
    const { receipts } = receivers;
    return audit({ accounts, expected, ...log, receipts, listeners, lateMs, wasInFlight });
  };

  return {
    async noteInFlight() {
      const came = receivers.receipts.slice(noted).filter(({ taken }) => taken);
      noted = receivers.receipts.length;
      const asked = [...unconfirmed, ...came];
      const recorded = await Promise.all(asked.map(isRecorded));
      unconfirmed = asked.filter((_receipt, index) => !recorded[index]);
      for (const receipt of unconfirmed) inFlight.add(receipt);
      return unconfirmed.length;
    },
    excuseSince: (from) => void excused.push({ from, until: Date.now() }),
    async settle(withinMs) {
      const deadline = Date.now() + withinMs;
      const isDone = ({ lost, undelivered }: Verdict) => lost.length + undelivered.length === 0;
      while (!isDone(await verdict()) && Date.now() < deadline) await sleep(1_000);
      await sleep(afterwardsMs);
      return verdict();
    },
    verdict,
  };
}

/** What the log holds of each account, in its order, and the types of what the service says of itself. */
async function logOf(
  store: Store,
  accounts: readonly string[],
): Promise<{ readonly events: ToldEvent[]; readonly others: string[] }> {
  const events: ToldEvent[] = [];
  const others: string[] = [];
  for (const account of accounts) {
    let batch = await store.events.after(account, "0", eventsAtOnce);
    for (let last = batch.at(-1); last; last = batch.at(-1)) {
      for (const { body } of batch) {
        const { id, type, data } = thawEvent(body);
        if (toldTypes.includes(type)) events.push({ account, id, type, object: String(data.object.id) });
        else others.push(type);
      }
      batch = await store.events.after(account, last.position, eventsAtOnce);
    }
  }
  return { events, others };
}
