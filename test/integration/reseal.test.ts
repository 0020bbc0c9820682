import { randomBytes } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { createSealService } from "../../src/operations/reseal.js";
import type { LostSeal } from "../../src/services/seals.js";
import { createAnswerStore } from "../../src/store/idempotency.js";
import { account as accountKeys, mailbox, shared } from "../../src/store/keys.js";
import type { RedisClient } from "../../src/store/redis.js";
import { createVault } from "../../src/store/secrets.js";
import { createStore } from "../../src/store/store.js";
import type { Scripted } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

/** The key of the machine that wrote everything, and the one that takes its place. */
const [old, fresh] = [Buffer.alloc(32, 7), randomBytes(32)];
const oldMark = createVault([old]).seal("", "").split(".").slice(0, 2).join(".");
const credentials = { email: "ana@example.com", password: "correct horse" };
const jar = { cookies: '{"a":1}', userAgent: "Safari" };
const manySubscriptions = 120;

let studio: Scripted;
let subscriptions: string[];
useScripted((opened) => {
  studio = opened;
});
beforeEach(async () => {
  const { store, account, client } = studio;
  const found = await store.accounts.get(account);
  if (!found) throw new Error("no account");
  const { session } = found;
  await store.accounts.moveSession(account, session, session, { jar, credentials, events: [] });
  const made = await Promise.all(Array.from({ length: manySubscriptions }, () => studio.subscribe()));
  subscriptions = made.map(({ id }) => id);
  await createAnswerStore(client, createVault([old])).put("k-1", { secret: "whsec" }, 600, []);
});

const storeWith = (keys: readonly Buffer[], client: RedisClient = studio.client) =>
  createStore(client, createVault(keys));
const serviceWith = (keys: readonly Buffer[]) => createSealService({ store: storeWith(keys) });

/** Everything, stretch by stretch. */
async function resealAll(service: ReturnType<typeof serviceWith>) {
  const lost: LostSeal[] = [];
  let [checked, sealed] = [0, 0];
  for (let after: string | null = null; ; ) {
    const stretch = await service.reseal(after);
    checked += stretch.checked;
    sealed += stretch.sealed;
    lost.push(...stretch.lost);
    if (stretch.next === null) return { checked, sealed, lost };
    after = stretch.next;
  }
}

/** Every value that Redis holds, as text. */
async function everything(): Promise<string> {
  const { client } = studio;
  const texts: string[] = [];
  for (const key of await client.keys("*")) {
    const type = await client.type(key);
    if (type === "string") texts.push((await client.get(key)) ?? "");
    else if (type === "hash") texts.push(...(await client.hvals(key)));
  }
  return texts.join("\n");
}

test("everything that is sealed is put under the first key, and nothing else of it changes", async () => {
  const { client, account } = studio;
  const [first = ""] = subscriptions;
  const before = await storeWith([old]).subscriptions.get(first);
  const secrets = await storeWith([old]).subscriptions.secrets(first);
  expect((await everything()).split(oldMark).length - 1).toBe(3 + 2 * manySubscriptions);

  const all = 3 + 2 * manySubscriptions;
  expect(await resealAll(serviceWith([fresh, old]))).toEqual({ checked: all, sealed: all, lost: [] });
  expect(await everything()).not.toContain(oldMark);
  const store = storeWith([fresh]);
  expect((await store.accounts.jar(account))?.stored).toEqual(jar);
  expect(await store.revivals.credentials(account)).toEqual(credentials);
  expect(await store.subscriptions.get(first)).toEqual(before);
  expect(await store.subscriptions.secrets(first)).toEqual(secrets);
  expect(await createAnswerStore(client, createVault([fresh])).get("k-1")).toEqual({ secret: "whsec" });
  const ends = await client.ttl(shared.idempotency("k-1"));
  expect(ends, "an answer ends when it would have").toBeGreaterThan(500);
  expect(await resealAll(serviceWith([fresh, old]))).toEqual({ checked: all, sealed: 0, lost: [] });
});

/** A connection on which somebody else changes what is stored, once, right after this key was read. */
function overtaken(key: string, change: () => Promise<unknown>): RedisClient {
  let isDone = false;
  return new Proxy(studio.client, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (name !== "get") return member.bind(target);
      return async (asked: string) => {
        const text = await target.get(asked);
        if (asked === key && !isDone) {
          isDone = true;
          await change();
        }
        return text;
      };
    },
  });
}

test("what somebody changes at that very moment stays changed, or deleted", async () => {
  const [changed = "", rotated = "", deleted = ""] = subscriptions;
  const { account } = studio;
  const other = storeWith([old]);
  const through = (key: string, change: () => Promise<unknown>) =>
    storeWith([fresh, old], overtaken(key, change)).seals;
  const sealed = (what: string) => ({ what, became: "sealed" });

  const describe = () => other.subscriptions.update(changed, (now) => ({ ...now, description: "changed" }));
  const looked = await through(mailbox.subscription(changed), describe).subscription(changed);
  expect(looked).toEqual([sealed("channel"), sealed("signing_secrets")]);
  const rotate = () =>
    other.subscriptions.changeSecrets(rotated, (now) => ({ ...now, current: "whsec_new" }));
  await through(mailbox.secrets(rotated), rotate).subscription(rotated);
  const remove = () => other.subscriptions.remove(deleted);
  expect(await through(mailbox.subscription(deleted), remove).subscription(deleted)).toEqual([]);
  const renewed = { ...jar, cookies: '{"a":2}' };
  await through(accountKeys.jar(account), () => other.accounts.refreshJar(account, renewed, 1)).account(
    account,
  );

  const { subscriptions: kept, accounts } = storeWith([fresh]);
  expect(await kept.get(changed)).toMatchObject({ description: "changed", channel: { type: "webhook" } });
  expect((await kept.secrets(rotated))?.current).toBe("whsec_new");
  expect(await kept.get(deleted)).toBeNull();
  expect((await accounts.jar(account))?.stored).toEqual(renewed);
});

test("sealing that was cut off is taken up anywhere, and what no key opens is named and left", async () => {
  const [last = ""] = [...subscriptions].sort().slice(-1);
  const gone = createVault([randomBytes(32)]).seal("{}", "secrets:somebody");
  await studio.client.set(mailbox.secrets(last), gone);
  const cursorBehind = (place: string) => Buffer.from(place).toString("base64url");
  const [, , third = ""] = [...subscriptions].sort();
  const { reseal } = serviceWith([fresh, old]);
  const rest = await reseal(cursorBehind(`subscriptions ${third}`));
  expect(rest.checked).toBe(2 * (manySubscriptions - 3) + 1);
  expect(rest).toMatchObject({ sealed: rest.checked - 1, next: null });
  expect(rest.lost).toEqual([{ what: "signing_secrets", of: last }]);
  expect(await studio.client.get(mailbox.secrets(last))).toBe(gone);
  expect(await resealAll(serviceWith([fresh, old]))).toMatchObject({ sealed: 8, lost: rest.lost });
  for (const cursor of ["x", cursorBehind("accounts"), cursorBehind("answers 1"), cursorBehind("tokens ")])
    await expect(reseal(cursor)).rejects.toThrow("cursor");
});
