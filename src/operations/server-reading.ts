import type { WakeUps } from "../queues/wake-ups.js";
import type { Presence } from "../store/presence.js";
import type { ClockReading, ServerFacts } from "../store/server.js";
import type { Store } from "../store/store.js";
import { atMostEvery } from "./fresh.js";

/** For how long (ms) a reading serves whoever asks: long enough for many who look at once. */
const servesMs = 2_000;

interface Parts {
  readonly store: Pick<Store, "server" | "presence" | "due">;
  readonly wakeUps: Pick<WakeUps, "depths" | "oldest">;
  readonly now: () => number;
}

/** How Redis, the queues and the processes were at one moment. */
export interface ServerReading {
  /** When it was read, ms. */
  readonly at: number;
  readonly servers: readonly ServerFacts[];
  /** Beside this machine's own, which nobody goes by, but which people can set. */
  readonly clock: ClockReading;
  readonly processes: readonly Presence[];
  /** When (ms) the first of all actors is due; null when none is. */
  readonly firstDue: number | null;
  readonly depths: Awaited<ReturnType<WakeUps["depths"]>>;
  readonly oldest: Awaited<ReturnType<WakeUps["oldest"]>>;
}

export type ReadServer = () => Promise<ServerReading>;

/** Makes the one reader that metrics and pages share. What it asks is the same however much there is. */
export function createServerReader({ store, wakeUps, now }: Parts): ReadServer {
  return atMostEvery(servesMs, now, async () => {
    const [servers, clock, processes, firstDue, depths, oldest] = await Promise.all([
      store.server.facts(),
      store.server.clock(Date.now),
      store.presence.list(),
      store.due.first(),
      wakeUps.depths(),
      wakeUps.oldest(),
    ]);
    return { at: now(), servers, clock, processes, firstDue, depths, oldest };
  });
}
