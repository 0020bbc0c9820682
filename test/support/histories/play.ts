import type { Redis } from "ioredis";
import { restoreSession } from "../../../src/pipeline/session.js";
import { createUpstreamMemory, type UpstreamMemory } from "../../../src/pixieset/session.js";
import type { Store } from "../../../src/store/store.js";
import { collections, homeCollection, otherKinds } from "./kinds.js";
import { createObserver } from "./observer.js";
import type { Action, History, PollPlan } from "./plan.js";
import { jar, partsOf, poll } from "./process.js";
import { createServer, type Gatekeeper } from "./server.js";
import { change, createWorld, grow } from "./world.js";

/** The Redis that all histories share. */
export interface Stage {
  readonly client: Redis;
  readonly store: Store;
}

/** How long the truth rests between the last looks, ms: the first ones for what needs no more than looking again,
 * the hour for two lists that shrank at once, so that neither can vouch for the other. */
const rests = [61_000, 61_000, 61_000, 61_000, 3_700_000, 61_000];
/** How many looks come before them for a server that repeats its last page, behind which is looked seldom. */
const looksBehind = 3;
/** How many for one that repeats a page, and once seemed to end its list otherwise. */
const looksToRelearn = 22;

const calm: PollPlan = { seconds: 61, process: 0, faults: [], changes: [], diesAt: null };
const start = Date.UTC(2026, 0, 1);

/**
 * Plays one history, and throws where what was told is not what could be known. How many polls of a list read its head
 * only.
 */
export async function play({ client, store }: Stage, history: History): Promise<number> {
  const other = otherKinds[history.kind] ?? collections;
  const world = createWorld([collections, other], history.starts, start);
  const gatekeeper: Gatekeeper = { lockedOut: null };
  const { id: account } = await store.accounts.create(
    store.accounts.newId(),
    {
      name: "Smith Studio",
      resources: ["collections", other.resource],
      collections: [String(homeCollection)],
      polling: { requestsPerMinute: 6_000, minIntervalSeconds: 1, maxIntervalMinutes: 1 },
      timezone: "UTC",
      backfill: false,
      floodThreshold: 1_000_000,
    },
    { status: "active", checkedAt: null, user: null, reason: null, epoch: 1, renewal: "cookies" },
    jar,
  );
  const observer = createObserver({ account, client, store, world });
  const memories: [UpstreamMemory, UpstreamMemory] = [createUpstreamMemory(), createUpstreamMemory()];

  /** Begins a poll; what ends it is to be told to the observer. */
  function begin(plan: PollPlan, hold?: (request: number) => Promise<void>) {
    world.time += plan.seconds * 1_000;
    const server = createServer({
      world,
      gatekeeper,
      renewEvery: history.renewEvery,
      tags: history.tags,
      faults: plan.faults,
      changes: plan.changes,
      ...(hold ? { hold } : {}),
    });
    const memory = memories[plan.process];
    const ended = poll({ account, client, store, world, server, memory, diesAt: plan.diesAt });
    const mayRead = observer.sessionIsGood();
    let seen = 0;
    return {
      ended,
      /** While an answer is held back: what was read before the list that it is about may be written already. */
      async observeSoFar() {
        const current = server.sights.at(-1)?.list;
        const done = server.sights.filter(({ list }) => list !== current);
        seen = done.length;
        await observer.afterPoll({ server, sights: done, mayRead, cutOff: true, overtaken: false });
      },
      async observe(overtaken: boolean) {
        const killed = await ended;
        if (killed) memories[plan.process] = createUpstreamMemory();
        await observer.afterPoll({
          server,
          sights: server.sights.slice(seen),
          mayRead,
          cutOff: killed,
          overtaken,
        });
      },
    };
  }

  async function settlePoll(plan: PollPlan): Promise<void> {
    await begin(plan).observe(false);
    for (const list of world.lists) list.touched.clear();
  }

  async function overlap({
    slow,
    fast,
    holdAt,
    changes,
  }: Extract<Action, { kind: "overlap" }>): Promise<void> {
    let letGo = () => {};
    const released = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let reached = () => {};
    const held = new Promise<boolean>((resolve) => {
      reached = () => resolve(true);
    });
    const first = begin(slow, async (request) => {
      if (request !== holdAt) return;
      reached();
      await released;
    });
    const isHeld = await Promise.race([held, first.ended.then(() => false)]);
    if (isHeld) await first.observeSoFar();
    else await first.observe(false);
    for (const each of changes) change(world, each, isHeld);
    const fenceBefore = await client.get(`pixiehook:{${account}}:fence`);
    const second = begin({ ...fast, process: slow.process === 0 ? 1 : 0 });
    await second.observe(false);
    const overtaken = (await client.get(`pixiehook:{${account}}:fence`)) !== fenceBefore;
    letGo();
    if (isHeld) await first.observe(overtaken);
    for (const list of world.lists) list.touched.clear();
  }

  async function letIn(): Promise<void> {
    gatekeeper.lockedOut = null;
    const known = await store.accounts.get(account);
    if (!known || known.session.status === "active") return;
    await restoreSession(known, { by: "cookies", jar, user: null }, partsOf(store, world));
    observer.restored();
  }

  async function act(action: Action): Promise<void> {
    if (action.kind === "change") change(world, action.change, false);
    else if (action.kind === "poll") await settlePoll(action.poll);
    else if (action.kind === "overlap") await overlap(action);
    else if (action.kind === "restart") memories[action.process] = createUpstreamMemory();
    else if (action.kind === "lock out") gatekeeper.lockedOut = action.how;
    else if (action.kind === "let in") await letIn();
    else grow(world, action.list, action.count);
  }

  try {
    if (history.calmStart) await settlePoll(calm);
    for (const action of history.actions) await act(action);
    await letIn();
    for (const index of [0, 1] as const) {
      const { paging, order, past } = world.lists[index];
      // Whether a server that says nothing and repeats its last page hides some behind it cannot be known of a list
      // that shrank, so that no removal is told until it has grown again.
      if (paging === "nothing, then the last page again") grow(world, index, past.size - order.length + 1);
    }
    const mayHide = world.lists.some(({ paging }) => paging === "nothing, then the last page again");
    const misled = world.lists.some((list) => list.misled);
    const more = misled ? looksToRelearn : mayHide ? looksBehind : 0;
    for (const rest of [...Array<number>(more).fill(61_000), ...rests]) {
      await settlePoll({ ...calm, seconds: rest / 1_000 });
      if (observer.difference() === null) break;
    }
    if (history.lookAgain) await settlePoll(calm);
    const difference = observer.difference();
    if (difference !== null) throw new Error(`told otherwise after calm polls: ${difference}`);
    return observer.heads();
  } finally {
    await store.accounts.remove(account);
    await client.zrem("pixiehook:{due}:at", `poll:${account}`, `fan-out:${account}`);
    await client.hdel("pixiehook:{due}:generations", `poll:${account}`, `fan-out:${account}`);
    await client.hdel("pixiehook:{due}:promises", `poll:${account}`, `fan-out:${account}`);
  }
}
