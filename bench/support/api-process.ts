// The API as `pixiehook start` serves it, with what a benchmark asks of it.
import { listen } from "../../src/cli/http.js";
import { readConfig } from "../../src/config.js";
import { createContext } from "../../src/context.js";
import type { Attempt } from "../../src/domain/delivery.js";
import { thaw } from "../../src/domain/event.js";
import { sourceId } from "../../src/domain/ids.js";
import { subscriptionInputSchema } from "../../src/domain/subscription.js";
import { sweep } from "../../src/pipeline/clock.js";
import { newDelivery } from "../../src/pipeline/fan-out.js";
import type { ApiCalls } from "./api.js";
import { serve } from "./remote.js";
import { addIdleAccount } from "./standing-in.js";

// Counted as ever, but faster than any token may ask.
const context = await createContext(readConfig({ ...process.env, PIXIEHOOK_API_RATE_LIMIT: "999999" }));
const { services, apiToken, parts } = context;
const { store } = parts;
const server = await listen({ host: "127.0.0.1", port: 0 });
server.use(context.api.fetch);
const atOnce = 50;

async function times<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  while (done.length < count) {
    const length = Math.min(atOnce, count - done.length);
    done.push(...(await Promise.all(Array.from({ length }, (_, i) => work(done.length + i)))));
  }
  return done;
}

serve<ApiCalls>(
  {
    address: async () => ({ url: `http://127.0.0.1:${server.port}`, token: apiToken }),
    accounts: ({ count }) => times(count, () => addIdleAccount(store)),
    async sources({ account, count }) {
      const fence = (await store.accounts.takeFence(account)) ?? "";
      const sources = Array.from({ length: count }, (_, index) => {
        const scope = { id: `${90_000_000 + index}`, name: `Smith Wedding ${index}` };
        const id = sourceId(account, "favorites", scope.id);
        return { id, account, resource: "favorites" as const, scope, startsEmpty: true, bornAt: null };
      });
      await store.sources.add(account, fence, sources, Date.now());
    },
    subscribe: ({ account, count }) =>
      times(count, async () => {
        const channel = { type: "webhook", url: "https://127.0.0.1:9/hook" };
        const input = subscriptionInputSchema.parse({ account, events: ["*"], channel });
        const made = await services.subscriptions.create(input);
        if (made.kind !== "created") throw new Error(made.detail);
        return made.subscription.id;
      }),
    async deliver({ subscription, events, failedEvery }) {
      const owner = await store.subscriptions.get(subscription);
      if (!owner) throw new Error(`There is no subscription ${subscription}`);
      for (let i = 0; i < events.length; i += 500) {
        const found = await store.events.getMany(events.slice(i, i + 500));
        const made = found.flatMap((event) =>
          event ? [newDelivery(thaw(event).data.account.id, thaw(event), owner, "UTC", Date.now())] : [],
        );
        await store.mailboxes.add(subscription, made, Date.now());
        const outcomes = made.map(({ delivery }, index) => {
          const status = (i + index) % failedEvery === 0 ? ("failed" as const) : ("delivered" as const);
          const attempt: Attempt = { at: delivery.createdAt, durationMs: 12, outcome: status, status: 200 };
          const written = { ...delivery, status, attempts: [attempt], attemptCount: 1, nextAttemptAt: null };
          return { delivery: written, attemptCount: 0 };
        });
        await store.mailboxes.record(subscription, outcomes, null, Date.now());
      }
    },
    async sweep() {
      const begin = performance.now();
      const { signal } = new AbortController();
      await sweep(parts, { draining: signal, abort: signal });
      return performance.now() - begin;
    },
    async cpu() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    },
    memory: async () => process.memoryUsage().rss,
  },
  async () => {
    await server.close(500);
    await context.close(500);
  },
);
