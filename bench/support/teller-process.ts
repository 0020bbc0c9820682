// Says what happened, and asks what became of it, through the same parts as the service.
import { readConfig } from "../../src/config.js";
import { createContext } from "../../src/context.js";
import type { FrozenEvent } from "../../src/domain/event.js";
import { subscriptionInputSchema } from "../../src/domain/subscription.js";
import { announceMs } from "../../src/pipeline/parts.js";
import { atPace, moment } from "./moment.js";
import { paddedEvent } from "./padded-event.js";
import { serve } from "./remote.js";
import { addIdleAccount } from "./standing-in.js";
import type { TellerCalls, Told } from "./teller.js";

const context = await createContext(readConfig(process.env));
const { parts, services } = context;
const { store, wakeUps } = parts;
const eventsAtOnce = 500;
/** As many as the service lists at once. */
const longestPage = 200;
let keys = 0;

async function eachOf<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let i = 0; i < all.length; i += 50) done.push(...(await Promise.all(all.slice(i, i + 50).map(work))));
  return done;
}

async function newest(subscription: string, count: number): Promise<Told[]> {
  const found: Told[] = [];
  let after: string | null = null;
  do {
    const limit = Math.min(longestPage, count - found.length);
    const page = await services.subscriptions.deliveries(subscription, { limit, after, status: null });
    if (!page) throw new Error(`There is no subscription ${subscription}`);
    for (const { events, status } of page.data) {
      found.push({ subscription, event: events[0] ?? "", status });
    }
    after = page.next;
  } while (after !== null && found.length < count);
  return found;
}

serve<TellerCalls>(
  {
    begin: () => addIdleAccount(store),
    subscribe: ({ account, type, urls, perSecond, concurrency }) =>
      eachOf(urls, async (url) => {
        const limits = { perSecond, concurrency };
        const channel = { type: "webhook", url };
        const input = subscriptionInputSchema.parse({ account, events: [type], channel, limits });
        const made = await services.subscriptions.create(input);
        if (made.kind !== "created") throw new Error(made.detail);
        return made.subscription.id;
      }),
    async enable({ subscriptions, enabled }) {
      await eachOf(subscriptions, (id) => services.subscriptions.update(id, { enabled }));
    },
    async state({ account, type, count }) {
      const ids: string[] = [];
      await store.due.announce("fan-out", account, parts.now() + announceMs);
      while (ids.length < count) {
        const length = Math.min(eventsAtOnce, count - ids.length);
        const events: FrozenEvent[] = Array.from({ length }, () => paddedEvent(account, type, `${++keys}`));
        await store.events.append(account, events);
        ids.push(...events.map(({ id }) => id));
      }
      const wokenAt = moment();
      await wakeUps.wake("fan-out", account);
      return { ids, wokenAt };
    },
    pace: ({ account, type, perSecond, forMs }) =>
      atPace({ perSecond, forMs }, async () => {
        await store.due.announce("fan-out", account, parts.now() + announceMs);
        const event = paddedEvent(account, type, `${++keys}`);
        const at = moment();
        await store.events.append(account, [event]);
        await wakeUps.wake("fan-out", account);
        return { id: event.id, at };
      }),
    deliveries: async ({ subscriptions, newest: count }) =>
      (await eachOf(subscriptions, (id) => newest(id, count))).flat(),
  },
  () => context.close(2_000),
);
