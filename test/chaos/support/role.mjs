// The service as `pixiehook start --roles …` puts it together, in a process of its own, with a fuse: told a step, it
// kills itself there. A step is the moment before or after one call of a worker to Redis, the upstream or a receiver.
const realNow = Date.now;
let clockOffsetMs = 0;
// Before anything is loaded: libraries keep the function.
Date.now = () => realNow() + clockOffsetMs;

const { readConfig } = await import("../../../dist/src/config.js");
const { createContext } = await import("../../../dist/src/context.js");
const { startWorkers } = await import("../../../dist/workers/index.js");

const known = new Set();
/** @type {{ step: string, skip: number } | null} */
let fuse = JSON.parse(process.env.CHAOS_FUSE ?? "null");

/** @param {string} name */
function step(name) {
  if (!known.has(name)) {
    known.add(name);
    process.send?.({ step: name });
  }
  if (fuse?.step !== name) return;
  if (fuse.skip > 0) fuse.skip -= 1;
  else process.kill(process.pid, "SIGKILL");
}

/** Calls without an answer, and since when (ms). */
const underWay = new Set();
const actors = new Set(["poll", "fan-out", "deliver", "replay"]);

/** The same functions, with a step before each and one after its answer; named with the kind of actor, if told. */
function stepping(group, target) {
  return new Proxy(target, {
    get(object, name) {
      const member = Reflect.get(object, name);
      if (typeof member !== "function" || typeof name !== "string") return member;
      return (...args) => {
        const told = actors.has(args[0]) ? `${group}.${name} ${args[0]}` : `${group}.${name}`;
        step(`before ${told}`);
        const answer = member.apply(object, args);
        if (!(answer instanceof Promise)) return answer;
        const call = { told, since: realNow() };
        underWay.add(call);
        const done = answer.finally(() => underWay.delete(call));
        return done.then((value) => {
          step(`after ${told}`);
          return value;
        });
      };
    },
  });
}

function fused(parts) {
  const groups = Object.entries(parts.store).map(([name, group]) => [
    name,
    typeof group === "object" ? stepping(name, group) : group,
  ]);
  const upstreams = new Map();
  return {
    ...parts,
    store: Object.fromEntries(groups),
    wakeUps: stepping("wakeUps", parts.wakeUps),
    send: stepping("channel", { send: parts.send }).send,
    upstreamFor(account) {
      const upstream = upstreams.get(account) ?? stepping("upstream", parts.upstreamFor(account));
      upstreams.set(account, upstream);
      return upstream;
    },
  };
}

const { CHAOS_ROLES = "", CHAOS_OWNS_REDIS } = process.env;
const context = await createContext(readConfig(process.env));
const parts = fused(context.parts);
const ownsRedis = CHAOS_OWNS_REDIS !== undefined;
await startWorkers({ ...context, parts, ownsRedis }, CHAOS_ROLES.split(","));

const end = () => void context.close(6_500).then(() => process.exit(0));
process.on("SIGTERM", end);
// Whoever started us is gone: nobody else would end us.
process.on("disconnect", () => process.exit(1));
process.on("message", (order) => {
  if (order.fuse !== undefined) fuse = order.fuse;
  if (order.report)
    process.send?.({ waits: [...underWay].map(({ told, since }) => `${told} ${realNow() - since} ms`) });
  if (order.clockOffsetMs !== undefined) clockOffsetMs = order.clockOffsetMs;
});
process.send?.({ up: true });
