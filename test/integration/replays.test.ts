import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cardOf } from "../../src/domain/card.js";
import type { AttemptOutcome, Delivery, Message } from "../../src/domain/delivery.js";
import { freezeEvent } from "../../src/domain/event.js";
import { eventId } from "../../src/domain/ids.js";
import type { Replay, ReplayChoice } from "../../src/domain/replay.js";
import type { Subscription } from "../../src/domain/subscription.js";
import { createEventService } from "../../src/operations/events.js";
import { createReplayService } from "../../src/operations/replays.js";
import { createFuse, Killed, type Machine } from "../support/machine.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";
import { createScripted, type Scripted } from "../support/scripted.js";

let redis: TestRedis;
let studio: Scripted;
/** What was sent, in order: the objects of each message. */
let sent: string[][];
let outcome: (object: string) => AttemptOutcome;

beforeAll(async () => {
  redis = await startTestRedis();
});
beforeEach(() => begin());
afterEach(() => studio.close());
afterAll(() => redis.close());

async function begin(): Promise<void> {
  studio = await createScripted(redis);
  sent = [];
  outcome = () => ({ kind: "delivered" });
}

const day = 86_400_000;
const now = () => studio.machine.parts.now();
const iso = (ms: number) => new Date(ms).toISOString();
const services = (machine: Machine = studio.machine) => createReplayService(machine.parts);
const never = new AbortController().signal;

const send = async ({ events }: Message): Promise<AttemptOutcome> => {
  const objects = events.map(({ data }) => String(data.object.id));
  sent.push(objects);
  return outcome(objects[0] ?? "");
};

/** States events about invoices as a poll would have, at `at` (ms). */
async function state(
  objects: readonly string[],
  more: { at?: number; account?: string; hold?: string } = {},
) {
  const { at = now() - 60_000, account = studio.account, hold } = more;
  const events = objects.map((object) => {
    const change = { resource: "invoices", scope: null, key: object, epoch: 1, revision: 1 };
    const type = "invoice.updated";
    const times = { at: "", notBefore: null, occurredAt: null };
    const detected = { ...times, resource: "invoices", revision: 1, backfill: false };
    const what = { collection: null, client: null, object: { id: object }, previous: null, detected };
    const frozen = freezeEvent({
      id: eventId(account, { ...change, type }),
      type,
      timestamp: iso(at),
      data: { account: { id: account, name: "Smith Studio" }, ...what },
    });
    return hold === undefined ? frozen : { ...frozen, hold };
  });
  await studio.store.events.append(account, events);
  return events.map(({ id }) => id);
}

/** States events and hands them on to whoever wants them now. */
async function happen(objects: readonly string[], more: Parameters<typeof state>[1] = {}) {
  const ids = await state(objects, more);
  await studio.machine.run("fan-out", more.account ?? studio.account);
  return ids;
}

const subscribe = (more: object = {}) =>
  studio.subscribe({ limits: { perSecond: 1_000 }, retry: { delays: [] }, ...more });
const deliver = (id: string) => {
  // What came together becomes due one after the other, within a millisecond.
  studio.clock.offset += 1;
  return studio.machine.run("deliver", id, { send });
};

/** Asks for a replay. */
async function ask(id: string, only: ReplayChoice, range: { since?: number; until?: number } = {}) {
  const { since = now() - day, until } = range;
  const input = { since: iso(since), until: until === undefined ? null : iso(until), only };
  const begun = await services().begin(id, input);
  if (begun?.kind !== "begun") throw new Error(begun?.detail ?? "gone");
  return begun.replay;
}

/** Lets a replay and the mailbox work until it has ended; answers how it stands then. */
async function finish({ subscription, id }: Replay): Promise<Replay> {
  for (let round = 0; round < 200; round++) {
    await studio.machine.run("fan-out", studio.account);
    await studio.machine.run("replay", subscription);
    await deliver(subscription);
    const replay = await studio.store.replays.get(subscription, id);
    studio.clock.offset += 1_000;
    if (!replay || replay.status === "running") continue;
    await deliver(subscription);
    return replay;
  }
  throw new Error("never done");
}

const mailbox = async (id: string): Promise<readonly Delivery[]> =>
  (await studio.store.mailboxes.list(id, { limit: 200, after: null, status: null })).data;

const many = (count: number) => Array.from({ length: count }, (_, index) => `${1_000 + index}`);

describe("a replay", () => {
  test("of what failed sends that again, once and marked, and nothing else", async () => {
    const { id } = await subscribe();
    outcome = (object) => (object === "2" ? { kind: "failed", error: "400" } : { kind: "delivered" });
    await happen(["1", "2", "3"]);
    await deliver(id);
    sent = [];
    outcome = () => ({ kind: "delivered" });
    const replay = await ask(id, "failed");
    expect(replay).toMatchObject({ count: 1, status: "running", queued: 0 });
    expect(await finish(replay)).toMatchObject({ status: "done", matched: 3, queued: 1, skipped: 2 });
    expect(sent).toEqual([["2"]]);
    const marks = (await mailbox(id)).map((each) => [each.status, each.replay, each.attemptCount]);
    expect(marks.sort()).toEqual([
      ["delivered", null, 1],
      ["delivered", null, 1],
      ["delivered", replay.id, 2],
    ]);
    expect((await ask(id, "failed")).count).toBe(0);
  });

  test("climbs the ladder of what it sends from the beginning", async () => {
    const { id } = await subscribe({ retry: { delays: ["1m"] } });
    outcome = () => ({ kind: "retry", error: "500", afterMs: null, holdMailbox: false, overloaded: false });
    await happen(["1"]);
    for (let i = 0; i < 3; i++, studio.clock.offset += 61_000) await deliver(id);
    expect(await mailbox(id)).toMatchObject([{ status: "failed", attemptCount: 2 }]);
    await finish(await ask(id, "failed"));
    expect(await mailbox(id)).toMatchObject([{ status: "pending", attemptCount: 3 }]);
  });

  test("sends what failed to those only who do not have it, and what was delivered to everyone", async () => {
    const { id } = await subscribe();
    await happen(["failed", "delivered"]);
    await deliver(id);
    const partly = (await mailbox(id)).map((each) => {
      const status = each.events[0] === eventOf("failed") ? ("failed" as const) : each.status;
      return { delivery: { ...each, status, accepted: ["a@example.com"] }, attemptCount: 1 };
    });
    await studio.store.mailboxes.record(id, partly, null, now());
    const replay = await ask(id, "all");
    await studio.machine.run("replay", id);
    const again = (await mailbox(id)).map(({ events, accepted, ...each }) => [
      events[0],
      accepted,
      each.replay,
    ]);
    expect(again).toContainEqual([eventOf("failed"), ["a@example.com"], replay.id]);
    expect(again).toContainEqual([eventOf("delivered"), [], replay.id]);
  });

  test("of what is missing makes what the subscription wants now and never got", async () => {
    await happen(["before"]);
    const { id } = await subscribe({ filter: { clients: ["jane@example.com"] } });
    await happen(["filtered out"]);
    await studio.machine.subscriptions.update(id, { filter: null });
    await happen(["got"]);
    await deliver(id);
    sent = [];
    const replay = await ask(id, "missing");
    expect(replay.count).toBe(2);
    await finish(replay);
    expect(sent.flat().sort()).toEqual(["before", "filtered out"]);
    expect((await ask(id, "missing")).count).toBe(0);
  });

  test("of all sends everything again, but for what is on its way or went out since it was asked for", async () => {
    await happen(["never"]);
    const { id } = await subscribe({ retry: { delays: ["1h"] } });
    outcome = (object) =>
      object === "waits"
        ? { kind: "retry", error: "500", afterMs: null, holdMailbox: false, overloaded: false }
        : { kind: "delivered" };
    await happen(["got", "waits", "late"]);
    await deliver(id);
    sent = [];
    studio.clock.offset += 1_000;
    const replay = await ask(id, "all");
    expect(replay.count).toBe(3);
    const late = (await mailbox(id)).find(({ events }) => events[0] === eventOf("late"));
    if (!late) throw new Error("no delivery");
    const attempts = [...late.attempts, { at: iso(now()), durationMs: 1, outcome: "delivered" as const }];
    const again = { delivery: { ...late, attempts, attemptCount: 2 }, attemptCount: 1 };
    await studio.store.mailboxes.record(id, [again], null, now());
    await finish(replay);
    expect(sent.flat().sort()).toEqual(["got", "never"]);
  });

  test("keeps to its time", async () => {
    const { id } = await subscribe();
    const noon = now() - 3_600_000;
    for (const [object, at] of [
      ["before", noon - 1],
      ["first", noon],
      ["last", noon + 59_999],
      ["after", noon + 60_000],
    ] as const)
      await state([object], { at });
    await studio.machine.run("fan-out", studio.account);
    await deliver(id);
    sent = [];
    await finish(await ask(id, "all", { since: noon, until: noon + 60_000 }));
    expect(sent.flat().sort()).toEqual(["first", "last"]);
  });

  test("sends a digest again whole, once, with the same bytes", async () => {
    const { id } = await subscribe({ digest: { quiet: "1m", max: "5m" } });
    await happen(["1", "2"]);
    await happen(["3"]);
    studio.clock.offset += 61_000;
    await deliver(id);
    expect(sent).toEqual([["1", "2", "3"]]);
    const [before] = await mailbox(id);
    studio.clock.offset += 1_000;
    const replay = await ask(id, "all");
    expect(await finish(replay)).toMatchObject({ queued: 3, count: 3 });
    expect(sent).toEqual([
      ["1", "2", "3"],
      ["1", "2", "3"],
    ]);
    expect(await mailbox(id)).toMatchObject([{ closedAt: before?.closedAt, replay: replay.id }]);
  });

  test("gathers what is missing as the subscription has it gathered", async () => {
    await happen(many(150));
    const { id } = await subscribe({ digest: { quiet: "1m", max: "5m" }, limits: { perSecond: 1 } });
    const replay = await ask(id, "missing");
    // What waits for its time stands in nobody's way: it need not go in two by two.
    const fuse = createFuse();
    await studio.process(fuse).run("replay", id);
    expect(fuse.steps()).toBeLessThan(2_000);
    expect(await finish(replay)).toMatchObject({ queued: 150 });
    expect(sent).toEqual([]);
    studio.clock.offset += 61_000;
    await deliver(id);
    expect(sent.map((objects) => objects.length)).toEqual([150]);
  });

  test("leaves floods alone until somebody lets them go", async () => {
    const hold = {
      id: "hold_1",
      account: studio.account,
      source: studio.source(),
      resource: "invoices" as const,
      collection: null,
      count: 2,
      status: "held" as const,
      createdAt: iso(now()),
      resolvedAt: null,
    };
    await studio.client.hset(`pixiehook:{${studio.account}}:holds`, hold.id, JSON.stringify(hold));
    await happen(["free"]);
    await happen(["1", "2"], { hold: hold.id });
    const { id } = await subscribe();
    const replay = await finish(await ask(id, "all"));
    expect(replay).toMatchObject({ count: 1, matched: 1 });
    await studio.store.holds.replace(hold, { ...hold, status: "discarded" });
    expect((await finish(await ask(id, "missing"))).queued).toBe(0);
    await studio.store.holds.replace({ ...hold, status: "discarded" }, { ...hold, status: "released" });
    expect((await finish(await ask(id, "missing"))).queued).toBe(2);
    expect(sent.flat().sort()).toEqual(["1", "2", "free"]);
  });

  test("does not take for missing what may have been delivered and forgotten", async () => {
    await happen(["old"], { at: now() - 31 * day });
    await happen(["young"], { at: now() - 29 * day });
    const { id } = await subscribe();
    await finish(await ask(id, "missing", { since: now() - 60 * day }));
    expect(sent).toEqual([["young"]]);
  });

  test("of every account goes through each of them", async () => {
    const other = studio.store.accounts.newId();
    const account = await studio.store.accounts.get(studio.account);
    if (!account) throw new Error("no account");
    await studio.store.accounts.create(
      other,
      { ...account, name: "Other" },
      { ...account.session, epoch: 1 },
      { cookies: "{}", userAgent: null },
    );
    await happen(["here"]);
    await happen(["there"], { account: other });
    const { id } = await subscribe({ account: null });
    const { id: one } = await subscribe({ account: other });
    expect(await finish(await ask(id, "missing"))).toMatchObject({ count: 2, queued: 2 });
    expect(sent.flat().sort()).toEqual(["here", "there"]);
    sent = [];
    await finish(await ask(one, "missing"));
    expect(sent).toEqual([["there"]]);
  });

  test("never overtakes the fan-out", async () => {
    const { id } = await subscribe();
    await happen(["1"]);
    await deliver(id);
    sent = [];
    const [waiting] = await state(["2"]);
    const replay = await ask(id, "missing");
    await studio.machine.run("replay", id);
    expect((await mailbox(id)).flatMap(({ events }) => events)).not.toContain(waiting);
    expect(await studio.store.replays.get(id, replay.id)).toMatchObject({ status: "running" });
    await studio.machine.run("fan-out", studio.account);
    expect(await finish(replay)).toMatchObject({ status: "done", queued: 0 });
    expect(sent).toEqual([["2"]]);
    expect((await mailbox(id)).map((each) => each.replay)).toEqual([null, null]);
  });
});

const eventOf = (object: string) =>
  eventId(studio.account, {
    resource: "invoices",
    scope: null,
    key: object,
    epoch: 1,
    revision: 1,
    type: "invoice.updated",
  });

describe("limits", () => {
  /** Marks what is due as delivered, without the rate that would take its time. */
  async function drain(id: string): Promise<string[]> {
    const { due } = await studio.store.mailboxes.look(id, now(), 1_000);
    const done = { status: "delivered" as const, attemptCount: 1, nextAttemptAt: null };
    const outcomes = due.map((each) => ({ delivery: { ...each, ...done }, attemptCount: each.attemptCount }));
    await studio.store.mailboxes.record(id, outcomes, null, now());
    return due.map(({ events }) => events[0] ?? "");
  }

  test("hold: a long replay never has more than two seconds of the rate waiting, and a fresh event stands behind no more", async () => {
    await happen(many(130));
    const { id } = await subscribe({ limits: { perSecond: 20 } });
    const replay = await ask(id, "missing");
    const order: string[] = [];
    let fresh = "";
    for (let round = 0; round < 20; round++, studio.clock.offset += 1_000) {
      await studio.machine.run("replay", id);
      expect((await studio.store.mailboxes.size(id, now())).due).toBeLessThanOrEqual(40);
      if (round === 1) {
        [fresh = ""] = await happen(["fresh"]);
        await studio.machine.run("replay", id);
        expect((await studio.store.mailboxes.size(id, now())).due).toBeLessThanOrEqual(41);
      }
      order.push(...(await drain(id)));
    }
    expect(order).toHaveLength(131);
    expect(new Set(order).size).toBe(131);
    expect(order.indexOf(fresh)).toBeGreaterThanOrEqual(0);
    expect(order.indexOf(fresh)).toBeLessThanOrEqual(80);
    expect(await studio.store.replays.get(id, replay.id)).toMatchObject({ status: "done", queued: 130 });
  });

  test("hold while the receiver asks to be left alone, in quiet hours, and while the subscription is off", async () => {
    await happen(many(30));
    const { id } = await subscribe({ limits: { perSecond: 5 } });
    const replay = await ask(id, "missing");
    const run = async () => {
      await studio.machine.run("replay", id);
      studio.clock.offset += 31_000;
      return (await mailbox(id)).length;
    };
    await studio.store.subscriptions.update(id, (each) => ({ ...each, enabled: false }));
    expect(await run()).toBe(0);
    await studio.store.subscriptions.update(id, (each) => ({ ...each, enabled: true, paused: true }));
    expect(await run()).toBe(0);
    const clockTime = (at: number) => iso(at).slice(11, 16);
    const quietHours = { from: clockTime(now() - 3_600_000), to: clockTime(now() + 3_600_000), except: [] };
    await studio.store.subscriptions.update(id, (each) => ({ ...each, paused: false, quietHours }));
    expect(await run()).toBe(0);
    await studio.store.subscriptions.update(id, (each) => ({ ...each, quietHours: null }));
    for (let i = 0; i < 5; i++) expect(await run()).toBe(10);
    await drain(id);
    expect(await run()).toBe(20);
    expect(await studio.due()).toContain(`replay:${id}`);
    expect(await studio.store.replays.get(id, replay.id)).toMatchObject({ status: "running", queued: 20 });
  });
});

describe("whoever dies", () => {
  /** What failed, was delivered, was never made, and a digest, for one subscription. */
  async function prepare(): Promise<Subscription> {
    await studio.close();
    await begin();
    await happen(["missing 1", "missing 2"]);
    const made = await subscribe({ digest: { quiet: "1m", max: "5m" } });
    await happen(["digest 1", "digest 2"]);
    studio.clock.offset += 61_000;
    await deliver(made.id);
    await studio.store.subscriptions.update(made.id, (each) => ({ ...each, digest: null }));
    outcome = (object) => (object === "failed" ? { kind: "failed", error: "400" } : { kind: "delivered" });
    await happen(["failed", "delivered", "delivered too"]);
    await deliver(made.id);
    outcome = () => ({ kind: "delivered" });
    sent = [];
    studio.clock.offset += 1_000;
    return made;
  }

  const expected = ["delivered", "delivered too", "digest 1,digest 2", "failed", "missing 1", "missing 2"];

  test("between any two steps of a replay, another goes on: each event is sent exactly once", async () => {
    let steps = 0;
    for (let diesAt = 2; ; diesAt += 2) {
      const { id } = await prepare();
      const replay = await ask(id, "all");
      const fuse = createFuse(diesAt);
      const doomed = studio.process(fuse);
      const died = await doomed.run("replay", id).then(
        () => false,
        (error: unknown) => error instanceof Killed,
      );
      // What it left in the mailbox goes out before anybody goes on with the replay.
      await deliver(id);
      expect(await finish(replay), `died at step ${diesAt}`).toMatchObject({
        status: "done",
        queued: 7,
        count: 7,
      });
      expect(sent.map((objects) => objects.join()).sort(), `died at step ${diesAt}`).toEqual(expected);
      steps = fuse.steps();
      if (!died) break;
    }
    expect(steps).toBeGreaterThan(20);
  }, 30_000);

  test("is woken again by the clock, and a replay that is stopped in the middle goes on", async () => {
    await happen(many(25));
    const { id } = await subscribe({ limits: { perSecond: 5 } });
    const replay = await ask(id, "missing");
    const stopped = new AbortController();
    stopped.abort();
    await studio.machine.run("replay", id, { stop: { draining: stopped.signal, abort: never } });
    expect(await mailbox(id)).toEqual([]);
    expect(await studio.due()).toContain(`replay:${id}`);
    await studio.store.subscriptions.update(id, (each) => ({
      ...each,
      limits: { perSecond: 1_000, concurrency: 10 },
    }));
    expect(await finish(replay)).toMatchObject({ status: "done", queued: 25 });
    expect(new Set(sent.flat()).size).toBe(25);
    expect(sent).toHaveLength(25);
    studio.clock.offset += 2_000;
    await studio.machine.run("replay", id);
    expect(await studio.due()).not.toContain(`replay:${id}`);
  });
});

describe("one replay at a time", () => {
  test("of a subscription: another is refused until it has ended, and a cancelled one sends no more", async () => {
    await happen(many(30));
    const { id } = await subscribe({ limits: { perSecond: 5 } });
    const input = { since: iso(now() - day), until: null, only: "missing" as const };
    const both = await Promise.all([services().begin(id, input), services().begin(id, input)]);
    expect(both.map((each) => each?.kind).sort()).toEqual(["begun", "refused"]);
    const [first] = (await services().list(id)) ?? [];
    if (!first) throw new Error("no replay");
    await studio.machine.run("replay", id);
    const second = await services().begin(id, input);
    expect(second).toMatchObject({ kind: "refused", code: "replay_running" });
    expect((second as { detail: string }).detail).toContain(first.id);
    expect(await services().cancel(id, first.id)).toMatchObject({ status: "cancelled", queued: 10 });
    studio.clock.offset += 2_000;
    await studio.machine.subscriptions.update(id, { limits: { perSecond: 1_000 } });
    await studio.machine.run("replay", id);
    await deliver(id);
    expect(sent).toHaveLength(10);
    expect(await services().cancel(id, first.id)).toMatchObject({ kind: "refused", code: "replay_ended" });
    expect(await studio.due()).not.toContain(`replay:${id}`);
    expect((await ask(id, "missing")).count).toBe(20);
  });

  test("and none of one that is disabled; the last twenty are kept, and deletion takes them along", async () => {
    const { id } = await subscribe();
    await studio.store.subscriptions.update(id, (each) => ({ ...each, enabled: false }));
    const input = { since: iso(now() - day), until: null, only: "missing" as const };
    expect(await services().begin(id, input)).toMatchObject({ code: "subscription_disabled" });
    await studio.store.subscriptions.update(id, (each) => ({ ...each, enabled: true }));
    const ids: string[] = [];
    for (let i = 0; i < 23; i++) {
      studio.clock.offset += 10;
      const replay = await ask(id, "all");
      await finish(replay);
      ids.unshift(replay.id);
    }
    expect(((await services().list(id)) ?? []).map((each) => each.id)).toEqual(ids.slice(0, 20));
    const last = await ask(id, "all");
    await studio.machine.subscriptions.remove(id);
    studio.clock.offset += 2_000;
    await studio.machine.run("replay", id);
    await studio.machine.run("deliver", id);
    expect(await studio.keysOf(id)).toEqual([]);
    expect(await studio.due()).not.toContain(`replay:${id}`);
    expect(await services().cancel(id, last.id)).toBeNull();
    expect(await services().list(id)).toBeNull();
  });
});

describe("who got an event", () => {
  test("is told over all subscriptions, by itself and in digests", async () => {
    const events = createEventService(studio.store);
    const one = await subscribe();
    const other = await subscribe({ digest: { quiet: "1m", max: "5m" } });
    await subscribe({ events: ["client.*"] });
    const [first = "", second = ""] = await happen(["1", "2"]);
    for (const event of [first, second]) {
      const found = (await events.deliveries(event)) ?? [];
      expect(found.map(({ subscription }) => subscription).sort()).toEqual([one.id, other.id].sort());
      expect(found.every((delivery) => delivery.events.includes(event))).toBe(true);
    }
    const [unwanted = ""] = await state(["3"]);
    expect(await events.deliveries(unwanted)).toEqual([]);
    expect(await events.deliveries(eventOf("nothing"))).toBeNull();
    expect(await events.deliveries("evt_nothing")).toBeNull();
  });

  test("can be asked of the list, where it was noted how many wanted each", async () => {
    const events = createEventService(studio.store);
    const ids = await state(["nobody", "somebody", "unknown"]);
    const noted = [0, 2, undefined];
    await studio.store.log.append(
      ids.map((event, index) => {
        const type = "invoice.updated";
        const data = { account: { id: studio.account }, collection: null, client: null };
        const entry = { account: studio.account, event, type, card: cardOf({ type, data }) };
        const matched = noted[index];
        return matched === undefined ? entry : { ...entry, matched };
      }),
    );
    expect(await events.matched([...ids, "evt_nothing"])).toEqual([0, 2, null, null]);
    const query = {
      types: [],
      collection: null,
      client: null,
      since: null,
      until: null,
      limit: 50,
      after: null,
    };
    for (const account of [null, studio.account]) {
      const found = async (matched: boolean | null) => {
        const { data } = await events.list({ ...query, account, matched, order: "asc" });
        return data.map((body) => String(JSON.parse(body).data.object.id));
      };
      expect(await found(false)).toEqual(["nobody"]);
      expect(await found(true)).toEqual(["somebody"]);
      expect(await found(null)).toEqual(["nobody", "somebody", "unknown"]);
    }
  });
});
