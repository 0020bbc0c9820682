import type { Delivery, DeliveryStatus } from "../domain/delivery.js";
import { subscriptionOf } from "../domain/ids.js";
import type { Page, PageRequest } from "../services.js";
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

export interface MailboxStore {
  /** Each event once, however often it is said. Answers how many were new. */
  add(subscription: string, deliveries: readonly NewDelivery[], now: number): Promise<number>;
  /** Deliveries that are due, oldest first. */
  due(subscription: string, now: number, limit: number): Promise<Delivery[]>;
  /** When (ms) the next delivery is due; null when none is. */
  nextDue(subscription: string): Promise<number | null>;
  postpone(subscription: string, delivery: string, until: number): Promise<void>;
  /** Makes a delivery that waits due now; one that waits in a line for others goes on waiting. */
  hurry(subscription: string, delivery: string, at: number): Promise<void>;
  /** Closes a digest and answers its events, in order. Closing it again answers the same. */
  close(delivery: Delivery): Promise<string[]>;
  /** Writes a delivery with its place in the mailbox; false when someone else did so first. */
  record(
    delivery: Delivery,
    seen: { attemptCount: number; holdUntil: number | null; now: number },
  ): Promise<boolean>;
  /** Until when (ms) the receiver asked to be left alone; 0 when it did not. */
  holdUntil(subscription: string): Promise<number>;
  get(id: string): Promise<Delivery | null>;
  list(subscription: string, page: PageRequest & { status: DeliveryStatus | null }): Promise<Page<Delivery>>;
  /** Deletes finished deliveries from before `time` (ms), at most `limit`. */
  trim(subscription: string, time: number, limit: number): Promise<number>;
}

/** Deliveries of earlier releases know nothing of being asked for anew. */
function read(text: string): Delivery {
  return { ladderStart: 0, replay: null, ...(JSON.parse(text) as Omit<Delivery, "ladderStart" | "replay">) };
}

const largestDigest = 1_000;
const trimAtOnce = 500;

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

  return {
    async add(subscription, deliveries, now) {
      const args = deliveries.flatMap(({ event, delivery, dueAt, extend }) => [
        event,
        delivery.id,
        Math.round(dueAt),
        JSON.stringify(delivery),
        delivery.line ?? "",
        delivery.group ?? "",
        extend ? extend.quietMs : "",
        extend ? extend.maxMs : "",
      ]);
      const { due, deliveries: all, index, groups, members, lines, subscription: owner } = keys;
      return (await run(
        "mailbox-add",
        [due, all, index, groups, members, lines, owner].map((key) => key(subscription)),
        [now, keys.digest(subscription, ""), largestDigest, deliveries.length, ...args],
      )) as number;
    },
    async due(subscription, now, limit) {
      const ids = await client.zrangebyscore(keys.due(subscription), "-inf", now, "LIMIT", 0, limit);
      const found = await load(subscription, ids);
      if (found.length < ids.length) {
        const known = new Set(found.map(({ id }) => id));
        await client.zrem(keys.due(subscription), ...ids.filter((id) => !known.has(id)));
      }
      return found;
    },
    async nextDue(subscription) {
      const [, at] = await client.zrange(keys.due(subscription), "0", "0", "WITHSCORES");
      return at === undefined ? null : Number(at);
    },
    async postpone(subscription, delivery, until) {
      await client.zadd(keys.due(subscription), "XX", Math.round(until), delivery);
    },
    async hurry(subscription, delivery, at) {
      await client.zadd(keys.due(subscription), "XX", "LT", Math.round(at), delivery);
    },
    async close(delivery) {
      const { subscription, id, group } = delivery;
      return (await run(
        "mailbox-close",
        [keys.groups(subscription), keys.digest(subscription, id)],
        [group ?? "", id],
      )) as string[];
    },
    async record(delivery, { attemptCount, holdUntil, now }) {
      const { subscription, id, nextAttemptAt, line } = delivery;
      const reply = await run(
        "mailbox-record",
        [
          keys.due(subscription),
          keys.deliveries(subscription),
          keys.lines(subscription),
          keys.hold(subscription),
        ],
        [
          id,
          attemptCount,
          JSON.stringify(delivery),
          nextAttemptAt === null ? "" : Date.parse(nextAttemptAt),
          holdUntil === null ? "" : Math.round(holdUntil),
          line ?? "",
          now,
        ],
      );
      return reply === 1;
    },
    async holdUntil(subscription) {
      return Number((await client.get(keys.hold(subscription))) ?? 0);
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
      for (let looks = 0; looks < 10; looks++) {
        const ids = await pageOfIds(client, keys.index(subscription), { limit: page.limit, after });
        const found = await load(subscription, ids.data);
        const kept = found.filter((delivery) => status === null || delivery.status === status);
        if (data.length > 0 && data.length + kept.length > page.limit) break;
        data.push(...kept);
        after = ids.next;
        if (after === null || status === null || data.length === page.limit) break;
      }
      return { data: await Promise.all(data.map(withEvents)), next: after };
    },
    async trim(subscription, time, limit) {
      const ids = await client.zrangebyscore(keys.index(subscription), "-inf", time);
      let trimmed = 0;
      for (let i = 0; i < ids.length && trimmed < limit; i += trimAtOnce) {
        const some = ids.slice(i, i + trimAtOnce);
        const waiting = new Set(
          (await load(subscription, some)).filter(({ status }) => status === "pending").map(({ id }) => id),
        );
        const old = some.filter((id) => !waiting.has(id));
        if (old.length === 0) continue;
        for (const { id, events, digest } of await load(subscription, old)) {
          if (!digest) continue;
          await client.hdel(keys.members(subscription), ...events);
          await client.unlink(keys.digest(subscription, id));
        }
        await client.hdel(keys.deliveries(subscription), ...old);
        await client.zrem(keys.index(subscription), ...old);
        trimmed += old.length;
      }
      return trimmed;
    },
  };
}
