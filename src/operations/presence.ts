import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../errors.js";
import type { Log } from "../log.js";
import { beatMs, type Presence } from "../store/presence.js";
import type { Store } from "../store/store.js";

export interface PresenceParts {
  readonly store: Pick<Store, "presence" | "server">;
  readonly log: Log;
  /** This machine's own (ms): nobody goes by it, but logs tell its time, and people can set it. */
  readonly ownClock: () => number;
  /** The upstream's clock, as this process last heard it. */
  readonly upstreamClock: () => Presence["upstream"];
}

/** How long (ms) a process that ends waits for Redis to hear of it; else it is forgotten a little later. */
const partingMs = 500;

/** Says from now on that this process is there, and what it does. Answers with what takes that back. */
export async function joinIn(roles: readonly string[], parts: PresenceParts): Promise<() => Promise<void>> {
  const { store, log, ownClock, upstreamClock } = parts;
  const id = `${process.pid}-${randomBytes(6).toString("hex")}`;
  let underWay: Promise<void> | null = null;
  const beat = async () => {
    const { aheadMs } = await store.server.clock(ownClock);
    await store.presence.beat({ id, roles, redisAheadMs: Math.round(aheadMs), upstream: upstreamClock() });
  };
  // One at a time: while Redis is away they would pile up.
  const again = () => {
    underWay ??= beat()
      .catch((error: unknown) => log.debug({ reason: messageOf(error) }, "not said to be there"))
      .finally(() => {
        underWay = null;
      });
  };
  await beat();
  const timer = setInterval(again, beatMs).unref();
  const leave = async () => {
    await underWay;
    await store.presence.leave(id).catch(() => undefined);
  };
  return async () => {
    clearInterval(timer);
    await Promise.race([leave(), sleep(partingMs, null, { ref: false })]);
  };
}
