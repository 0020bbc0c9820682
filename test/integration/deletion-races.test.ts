import { expect, test } from "vitest";
import { newReplay } from "../../src/domain/replay.js";
import { subscriptionInputSchema } from "../../src/domain/subscription.js";
import { createSubscriptionService } from "../../src/operations/subscriptions.js";
import { createSampleService } from "../../src/operations/trigger.js";
import { fanOut } from "../../src/pipeline/fan-out.js";
import type { Store } from "../../src/store/store.js";
import type { Scripted } from "../support/scripted.js";
import { dumpRedis } from "../support/secrets/dump.js";
import { useScripted } from "../support/use-scripted.js";

let studio: Scripted;

useScripted((opened) => {
  studio = opened;
});

const stop = { draining: new AbortController().signal, abort: new AbortController().signal };

/** Hands events on with a store in which the account is deleted right before a step. */
async function fanOutInto(broken: (remove: () => Promise<unknown>, store: Store) => Partial<Store>) {
  const { machine, account, store } = studio;
  const remove = () => machine.accounts.remove(account);
  const parts = { ...machine.parts, store: { ...store, ...broken(remove, store) } };
  await fanOut(account, parts, stop);
}

async function traces(): Promise<string[]> {
  const part = studio.account.slice("acc_".length);
  const dump = await dumpRedis(studio.client);
  return dump
    .filter(({ key, values }) => [key, ...values].some((text) => text.includes(part)))
    .map(({ key }) => key);
}

test.each([
  [
    "mailboxes",
    (remove: () => Promise<unknown>, { mailboxes }: Store): Partial<Store> => ({
      mailboxes: {
        ...mailboxes,
        add: async (...args) => {
          await remove();
          return mailboxes.add(...args);
        },
      },
    }),
  ],
  [
    "the log",
    (remove: () => Promise<unknown>, { log }: Store): Partial<Store> => ({
      log: {
        ...log,
        append: async (entries) => {
          await remove();
          await log.append(entries);
        },
      },
    }),
  ],
])(
  "an account that is deleted while its events are on their way into %s leaves none of them there",
  async (_name, broken) => {
    await studio.subscribe();
    await studio.subscribe({ ordered: true });
    await studio.subscribe({ digest: { every: "1h" } });
    await studio.state(["a", "b"]);
    expect((await traces()).length).toBeGreaterThan(3);
    await fanOutInto(broken);
    expect(await traces()).toEqual([]);
  },
);

test("a subscription that is made while its account is deleted is refused, and stays nowhere", async () => {
  const { account, machine, store, client } = studio;
  const made = store.subscriptions.create;
  const create: typeof made = async (...args) => {
    await machine.accounts.remove(account);
    return made(...args);
  };
  const parts = { ...machine.parts, store: { ...store, subscriptions: { ...store.subscriptions, create } } };
  const input = subscriptionInputSchema.parse({
    account,
    events: ["*"],
    channel: { type: "webhook", url: "https://a.example" },
  });
  const service = createSubscriptionService({ ...parts, ...outward });
  expect(await service.create(input)).toMatchObject({ kind: "refused", code: "account_not_found" });
  expect(await traces()).toEqual([]);
  expect(await client.keys("*sub_*")).toEqual([]);
});

test("what a replay puts into a mailbox while the account is deleted does not stay there", async () => {
  const { account, machine, store } = studio;
  const { id } = await studio.subscribe();
  const input = { account, subscriptions: [id], count: 2, key: null };
  await createSampleService(machine.parts).trigger("invoice.paid", input);
  await store.events.moveCursor(
    account,
    "0",
    (await store.events.after(account, "0", 9)).at(-1)?.position ?? "",
  );
  const named = {
    id: "rpl_x",
    subscription: id,
    now: new Date(Date.now() + 60_000).toISOString(),
    lastMade: 0,
  };
  await store.replays.begin(
    newReplay({ since: "1970-01-01T00:00:00.000Z", until: null, only: "all" }, named),
  );
  let queued = 0;
  const add: Store["mailboxes"]["add"] = async (...args) => {
    await machine.accounts.remove(account);
    queued += await store.mailboxes.add(...args);
    return queued;
  };
  await machine.run("replay", id, { store: { ...store, mailboxes: { ...store.mailboxes, add } } });
  expect(queued).toBe(2);
  expect(await traces()).toEqual([]);
});

test("a replay that stands at an account that is deleted goes on with the others, and names it no more", async () => {
  const subscription = await studio.subscribe();
  const { account, store, machine } = studio;
  const named = { id: "rpl_x", subscription: subscription.id, now: "2026-11-20T00:00:00.000Z", lastMade: 0 };
  const asked = newReplay({ since: "2026-01-01T00:00:00.000Z", until: null, only: "all" }, named);
  const replay = { ...asked, matched: 2, queued: 2, position: `${account} 5-0` };
  await store.replays.begin(replay);
  const { settings, session } = otherAccount;
  const next = await store.accounts.create(`acc_zzzzzzzzzzzzzzzz`, settings, session, null);
  await machine.accounts.remove(account);
  expect(await store.replays.get(subscription.id, replay.id)).toMatchObject({
    status: "running",
    position: next.id,
  });
  await machine.accounts.remove(next.id);
  expect(await store.replays.get(subscription.id, replay.id)).toMatchObject({
    status: "done",
    position: null,
    matched: 2,
  });
});

/** What a subscription needs of channels. */
const outward = {
  check: async () => null,
  createSecret: () => "whsec_c2VjcmV0",
  publicKeyOf: () => "",
  recipientOf: () => null,
  send: async () => ({ kind: "delivered" }) as const,
  publicUrl: "http://localhost",
};

const otherAccount = {
  settings: {
    name: "Another",
    resources: null,
    collections: "all",
    polling: { requestsPerMinute: 30, minIntervalSeconds: 60, maxIntervalMinutes: 60 },
    timezone: "UTC",
    backfill: false,
    floodThreshold: 200,
  },
  session: { status: "unverified", checkedAt: null, user: null, reason: null, epoch: 1, renewal: "cookies" },
} as const;
