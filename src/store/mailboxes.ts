import type { Delivery, DeliveryStatus } from "../domain/delivery.js";
import { subscriptionOf } from "../domain/ids.js";
import type { ReceiverState } from "../domain/receiver.js";
import type { Page, PageRequest } from "../services/shared.js";
import { mailbox as keys } from "./keys.js";
import { pageOfIds } from "./page.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/** A delivery on its way into a mailbox. */
export interface NewDelivery {
  readonly event: string;
  readonly delivery: Delivery;
  readonly dueAt: number;
  /** A digest that a new event puts off: by `quietMs`, up to `maxMs` after it was opened. */
  readonly extend: { readonly quietMs: number; readonly maxMs: number } | null;
}

/** A delivery as it is to be recorded, and how many attempts the caller had seen of it. */
export interface Outcome {
  readonly delivery: Delivery;
  readonly attemptCount: number;
}

/** How a receiver is, for as long as its subscription is what the caller knows: then it was last changed at `known`. */
export interface KnownReceiver {
  readonly state: ReceiverState;
  readonly known: string;
}

/** What one look into a mailbox finds. */
export interface MailboxView {
  /** How its receiver was when something was last recorded; null when nothing is known. */
  readonly receiver: ReceiverState | null;
  /** The delivery that somebody asked for since the last look. */
  readonly knock: string | null;
  /** What is due, oldest first. */
  readonly due: readonly Delivery[];
}

/** How much a mailbox holds. */
export interface MailboxSize {
  /** Deliveries that wait for their time, or for the receiver. */
  readonly waiting: number;
  /** Those among them that are due. */
  readonly due: number;
}

export interface MailboxStore {
  /** Each event once, however often it is said. Answers how many were new. */
  add(subscription: string, deliveries: readonly NewDelivery[], now: number): Promise<number>;
  look(subscription: string, now: number, limit: number): Promise<MailboxView>;
  size(subscription: string, now: number): Promise<MailboxSize>;
  /** When (ms) the first delivery is due; null when none waits. */
  firstDue(subscription: string): Promise<number | null>;
  postpone(subscription: string, delivery: string, until: number): Promise<void>;
  /** Makes a delivery that waits due now; one that waits in a line for others goes on waiting. */
  hurry(subscription: string, delivery: string, at: number): Promise<void>;
  /** Asks for this delivery to be tried at the next look, even if the receiver is given a rest. */
  knock(subscription: string, delivery: string): Promise<void>;
  /** Closes a digest and answers its events, in order. Closing it again answers the same. */
  close(delivery: Delivery): Promise<string[]>;
  /**
   * Writes deliveries with their places in the mailbox, and how the receiver is (null: as it was). False for those
   * that someone else wrote first.
   */
  record(
    subscription: string,
    outcomes: readonly Outcome[],
    receiver: KnownReceiver | null,
    now: number,
  ): Promise<boolean[]>;
  receiver(subscription: string): Promise<ReceiverState | null>;
  setReceiver(subscription: string, receiver: KnownReceiver): Promise<void>;
  get(id: string): Promise<Delivery | null>;
  list(subscription: string, page: PageRequest & { status: DeliveryStatus | null }): Promise<Page<Delivery>>;
  /** The last that were delivered, failed or discarded, newest first: at most `limit`, fewer where each is long. */
  finished(subscription: string, limit: number): Promise<Delivery[]>;
  /** Deletes deliveries from before `time` (ms), about `limit` of them at most. Those that wait are kept, or discarded. */
  trim(subscription: string, time: number, limit: number, waiting: "keep" | "discard"): Promise<number>;
  /** Deletes every delivery about this account, whatever it waits for. */
  purge(subscription: string, account: string): Promise<void>;
  /** When (ms) the oldest delivery was made that is there; null when there is none. */
  firstMade(subscription: string): Promise<number | null>;
  /** Deliveries that were made before this time (ms) may have been deleted, because there were too many. */
  trimmedBefore(subscription: string): Promise<number>;
}

/** How many finished deliveries of a subscription are kept; older ones go first. */
export const keptDeliveries = 10_000;
const largestDigest = 1_000;
const trimAtOnce = 200;
/** How long (ms) a wish that a delivery be tried at once is kept, while nothing is sent at all. */
const knockMs = 3_600_000;

/** What deliveries of earlier releases do not say. */
const unsaid = { ladderStart: 0, replay: null, accepted: [], refused: [] };
function read(text: string): Delivery {
  const delivery = JSON.parse(text) as Delivery;
  // Not always: copying takes longer than reading, thousands of times a second.
  return delivery.refused === undefined ? { ...unsaid, ...delivery } : delivery;
}

/** Finished deliveries are read so many at a time, up to so many characters: each can hold twenty answers. */
const finishedAtOnce = 50;
const mostFinishedLength = 1_000_000;

/** With a filter, so many deliveries are looked at in one go, and so often for a page. */
const sievedAtOnce = 500;
const looksAPage = 4;

export function createMailboxStore(client: RedisClient, run: RunScript): MailboxStore {
  async function load(subscription: string, ids: readonly string[]): Promise<Delivery[]> {
    if (ids.length === 0) return [];
    const texts = await client.hmget(keys.deliveries(subscription), ...ids);
    return texts.filter((text) => text !== null).map(read);
  }

  /** An open digest grows beside its delivery; this is how it stands now. */
  async function withEvents(delivery: Delivery): Promise<Delivery> {
    if (!delivery.digest || delivery.closedAt !== null) return delivery;
    const events = await client.lrange(keys.digest(delivery.subscription, delivery.id), 0, -1);
    const due = await client.zscore(keys.due(delivery.subscription), delivery.id);
    return { ...delivery, events, nextAttemptAt: due === null ? null : new Date(Number(due)).toISOString() };
  }

  const keysOf = (subscription: string, names: readonly (keyof Omit<typeof keys, "digest">)[]) =>
    names.map((name) => keys[name](subscription));

  const record: MailboxStore["record"] = async (subscription, outcomes, receiver, now) => {
    const args = outcomes.flatMap(({ delivery, attemptCount }) => {
      const { id, nextAttemptAt, line } = delivery;
      const next = nextAttemptAt === null ? "" : Date.parse(nextAttemptAt);
      return [id, attemptCount, JSON.stringify(delivery), next, line ?? ""];
    });
    const state = receiver === null ? "" : JSON.stringify(receiver.state);
    const replies = (await run("mailbox-record", keysOf(subscription, recordKeys), [
      now,
      state,
      receiver?.known ?? "",
      keptDeliveries,
      keys.digest(subscription, ""),
      outcomes.length,
      ...args,
    ])) as number[];
    return outcomes.map((_outcome, index) => replies[index] === 1);
  };

  const close: MailboxStore["close"] = async ({ subscription, id, group }) =>
    (await run(
      "mailbox-close",
      [keys.groups(subscription), keys.digest(subscription, id)],
      [group ?? "", id],
    )) as string[];

  /** What waits is waited for no more: lines go on, and digests take no further events. */
  async function discard(subscription: string, deliveries: readonly Delivery[], now: number): Promise<void> {
    for (const delivery of deliveries) {
      if (delivery.digest) await close(delivery);
      const discarded = { ...delivery, status: "discarded" as const, nextAttemptAt: null };
      await record(subscription, [{ delivery: discarded, attemptCount: delivery.attemptCount }], null, now);
    }
  }

  return {
    record,
    close,
    async add(subscription, deliveries, now) {
      const args = deliveries.flatMap(({ event, delivery, dueAt, extend }, index) => [
        event,
        delivery.id,
        // What is due in the same millisecond goes in the order of the commits.
        Math.round(dueAt) + index / 1_000,
        JSON.stringify(delivery),
        delivery.line ?? "",
        delivery.group ?? "",
        extend ? extend.quietMs : "",
        extend ? extend.maxMs : "",
      ]);
      return (await run("mailbox-add", keysOf(subscription, addKeys), [
        now,
        keys.digest(subscription, ""),
        largestDigest,
        deliveries.length,
        ...args,
      ])) as number;
    },
    async look(subscription, now, limit) {
      const reply = await run("mailbox-look", keysOf(subscription, lookKeys), [now, limit]);
      const [receiver, knock, due] = reply as [string, string, string[]];
      return {
        receiver: receiver === "" ? null : (JSON.parse(receiver) as ReceiverState),
        knock: knock === "" ? null : knock,
        due: due.map(read),
      };
    },
    async size(subscription, now) {
      const [waiting, due] = await Promise.all([
        client.zcard(keys.due(subscription)),
        client.zcount(keys.due(subscription), "-inf", now),
      ]);
      return { waiting, due };
    },
    async firstDue(subscription) {
      const [, score] = await client.zrange(keys.due(subscription), "0", "0", "WITHSCORES");
      return score === undefined ? null : Math.ceil(Number(score));
    },
    async postpone(subscription, delivery, until) {
      await client.zadd(keys.due(subscription), "XX", Math.round(until), delivery);
    },
    async hurry(subscription, delivery, at) {
      await client.zadd(keys.due(subscription), "XX", "LT", Math.round(at), delivery);
    },
    async knock(subscription, delivery) {
      // It ends by itself: a subscription may be deleted meanwhile.
      await client.set(keys.knock(subscription), delivery, "PX", knockMs);
    },
    async receiver(subscription) {
      const text = await client.get(keys.receiver(subscription));
      return text === null ? null : (JSON.parse(text) as ReceiverState);
    },
    async setReceiver(subscription, receiver) {
      await record(subscription, [], receiver, 0);
    },
    async get(id) {
      const subscription = subscriptionOf(id);
      const [delivery] = subscription ? await load(subscription, [id]) : [];
      return delivery ? withEvents(delivery) : null;
    },
    async list(subscription, { status, ...page }) {
      const data: Delivery[] = [];
      let after = page.after;
      // With a filter, look further than one page, but not without end: `next` goes on from there.
      const limit = status === null ? page.limit : sievedAtOnce;
      for (let looks = 0; looks < looksAPage && data.length <= page.limit; looks++) {
        const ids = await pageOfIds(client, keys.index(subscription), { limit, after });
        const cursors = new Map(ids.data.map((id, index) => [id, ids.cursors[index] ?? null]));
        for (const delivery of await load(subscription, ids.data)) {
          if (status !== null && delivery.status !== status) continue;
          // One more than fits: there is another page, which begins behind the last one that does.
          if (data.push(delivery) > page.limit) break;
          after = cursors.get(delivery.id) ?? null;
        }
        if (data.length > page.limit) break;
        after = ids.next;
        if (after === null || status === null) break;
      }
      data.splice(page.limit);
      return { data: await Promise.all(data.map(withEvents)), next: after };
    },
    async finished(subscription, limit) {
      const ids = await client.zrevrange(keys.finished(subscription), 0, limit - 1);
      const found: Delivery[] = [];
      let length = 0;
      for (let from = 0; from < ids.length && length < mostFinishedLength; from += finishedAtOnce) {
        const some = ids.slice(from, from + finishedAtOnce);
        const texts = await client.hmget(keys.deliveries(subscription), ...some);
        for (const text of texts) {
          if (text === null) continue;
          length += text.length;
          found.push(read(text));
        }
      }
      return found;
    },
    async trim(subscription, time, limit, waiting) {
      let [trimmed, kept] = [0, 0];
      while (trimmed < limit) {
        const index = keys.index(subscription);
        const ids = await client.zrangebyscore(index, "-inf", time, "LIMIT", kept, trimAtOnce);
        if (ids.length === 0) break;
        const pending = (await load(subscription, ids)).filter(({ status }) => status === "pending");
        if (waiting === "discard") await discard(subscription, pending, time);
        const stay = new Set(waiting === "keep" ? pending.map(({ id }) => id) : []);
        const old = ids.filter((id) => !stay.has(id));
        await run("mailbox-forget", keysOf(subscription, forgetKeys), [
          keys.digest(subscription, ""),
          ...old,
        ]);
        trimmed += old.length;
        kept += stay.size;
      }
      return trimmed;
    },
    async purge(subscription, account) {
      const said = `"account":${JSON.stringify(account)}`;
      let cursor = "0";
      do {
        const [next, rows] = await client.hscan(keys.deliveries(subscription), cursor, "COUNT", trimAtOnce);
        cursor = next;
        const texts = rows.filter((text, index) => index % 2 === 1 && text.includes(said));
        const args = texts.map(read).flatMap(({ id, group, line }) => [id, group ?? "", line ?? ""]);
        if (args.length === 0) continue;
        await run("mailbox-purge", keysOf(subscription, forgetKeys), [
          keys.digest(subscription, ""),
          ...args,
        ]);
      } while (cursor !== "0");
    },
    async firstMade(subscription) {
      const [, made] = await client.zrange(keys.index(subscription), "0", "0", "WITHSCORES");
      return made === undefined ? null : Number(made);
    },
    async trimmedBefore(subscription) {
      return Number((await client.get(keys.trimmed(subscription))) ?? 0);
    },
  };
}

const addKeys = ["due", "deliveries", "index", "groups", "members", "lines", "subscription"] as const;
const lookKeys = ["due", "deliveries", "receiver", "knock"] as const;
const recordKeys = [
  "due",
  "deliveries",
  "lines",
  "receiver",
  "index",
  "finished",
  "members",
  "trimmed",
  "subscription",
] as const;
/** In the places at which the shared part of the scripts looks for them. */
const forgetKeys = ["due", "deliveries", "groups", "lines", "index", "finished", "members"] as const;
