// The service as `pixiehook start` puts it together, in a process of its own, with what a benchmark asks of it.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { readConfig } from "../../src/config.js";
import { type Context, createContext } from "../../src/context.js";
import { accountInputSchema } from "../../src/domain/account.js";
import { importCookies } from "../../src/pixieset/cookies.js";
import type { DueSet } from "../../src/store/due.js";
import { roles, startWorkers } from "../../workers/index.js";
import type { AccountOrder, HeldMemory, ServiceAnswer, ServiceOrder, Usage } from "./service.js";

/** The budget never says "wait" while this holds: a baseline is not what is measured. */
let hurries = false;
let polls = 0;
let lateness: number[] = [];
const delays = monitorEventLoopDelay({ resolution: 10 });

/** Notes how long after it was due, as the due-set says, an account's slice begins. */
function watched(due: DueSet): DueSet {
  const dueAt = new Map<string, number>();
  return {
    ...due,
    async generation(kind, id) {
      const at = kind === "poll" ? dueAt.get(id) : undefined;
      dueAt.delete(id);
      if (at !== undefined) lateness.push(Math.max(0, Date.now() - at));
      return due.generation(kind, id);
    },
    async settle(kind, id, generation, next, now) {
      await due.settle(kind, id, generation, next, now);
      // One whose sources are late already is due from the moment at which it says so.
      if (kind === "poll" && next !== null) dueAt.set(id, Math.max(next, Date.now()));
    },
  };
}

async function open(): Promise<Context> {
  const context = await createContext(readConfig(process.env));
  const { store } = context.parts;
  const { budget, sources } = store;
  // Not counted at all meanwhile: a baseline must not use up the budget of what comes after it.
  const take: typeof budget.take = async (...request) => (hurries ? 0 : budget.take(...request));
  const look: typeof budget.look = async (...request) => (hurries ? 0 : budget.look(...request));
  const commit: typeof sources.commit = (step) => {
    polls++;
    return sources.commit(step);
  };
  const measured = {
    ...store,
    due: watched(store.due),
    budget: { ...budget, take, look },
    sources: { ...sources, commit },
  };
  const ownsRedis = process.env.OWNS_REDIS !== undefined;
  const whole = { ...context, ownsRedis, parts: { ...context.parts, store: measured } };
  const wanted = process.env.ROLES?.split(",") ?? roles;
  await startWorkers(
    whole,
    roles.filter((role) => wanted.includes(role)),
  );
  return whole;
}

/** Does something for each, some at a time. */
async function eachOf(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
  for (let i = 0; i < ids.length; i += 100) await Promise.all(ids.slice(i, i + 100).map(work));
}

async function addAccounts(context: Context, order: AccountOrder): Promise<string[]> {
  const { store } = context.parts;
  const { session: _none, ...settings } = accountInputSchema.parse({
    name: "Smith Studio",
    ...order.settings,
  });
  const imported = importCookies("session=benchmark", context.config.pixieset);
  if (imported.kind !== "imported") throw new Error(imported.reason);
  const session = {
    status: "active",
    checkedAt: null,
    user: null,
    reason: null,
    epoch: 1,
    renewal: "cookies",
  } as const;
  const ids = Array.from({ length: order.count }, () => store.accounts.newId());
  await eachOf(
    ids,
    async (id) => void (await store.accounts.create(id, settings, session, imported.session)),
  );
  // Only when all of them are there: the first ones would keep the others waiting.
  const begin = Date.now();
  const later = new Map(ids.map((id, index) => [id, (index * order.spreadMs) / order.count]));
  await eachOf(ids, (id) => store.due.announce("poll", id, begin + (later.get(id) ?? 0)));
  return ids;
}

async function isBaselined(context: Context, ids: readonly string[], sources: number): Promise<boolean> {
  for (const id of ids) {
    const states = await context.parts.store.sources.list(id);
    if (states.length !== sources || !states.every(({ baselined }) => baselined)) return false;
  }
  return true;
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  const noted = lateness;
  lateness = [];
  const longestPauseMs = Math.max(0, delays.max / 1e6 - 10);
  delays.reset();
  const heap = process.memoryUsage().rss;
  return {
    at: performance.now(),
    cpuMs: (user + system) / 1_000,
    polls,
    lateness: noted,
    longestPauseMs,
    rss: heap,
  };
}

function memory(): HeldMemory {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed, peakRss: process.resourceUsage().maxRSS * 1_024 };
}

const context = await open();
// To look for pauses takes more time than an idle service does.
if (process.env.WATCH_PAUSES) delays.enable();
const answer = (message: ServiceAnswer) => void process.send?.(message);

async function obey(order: ServiceOrder): Promise<ServiceAnswer> {
  if (order.kind === "add") return { kind: "added", ids: await addAccounts(context, order) };
  if (order.kind === "usage") return { kind: "usage", usage: usage() };
  if (order.kind === "memory") return { kind: "memory", memory: memory() };
  if (order.kind === "hurry") hurries = order.on;
  if (order.kind === "update")
    await eachOf(order.ids, async (id) => void (await context.services.accounts.update(id, order.patch)));
  if (order.kind === "baselined")
    return { kind: "baselined", done: await isBaselined(context, order.ids, order.sources) };
  return { kind: "done" };
}

// Ctrl-C reaches the whole process group: whoever started us says when to end.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => void context.close(2_000).then(() => process.exit()));
process.on("message", (order: ServiceOrder) => {
  obey(order).then(answer, (error: unknown) => answer({ kind: "failed", reason: String(error) }));
});
answer({ kind: "done" });
