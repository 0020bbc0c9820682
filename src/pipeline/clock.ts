import { setTimeout as sleep } from "node:timers/promises";
import type { Stop } from "../queues/wake-ups.js";
import type { ActorKind } from "../store/due.js";
import type { Parts } from "./parts.js";

/** An actor that was woken is not woken again for this long (ms), unless new work is announced. */
const leaseMs = 20_000;
const lateAtOnce = 1_000;
const kinds: readonly ActorKind[] = ["poll", "fan-out", "deliver"];

/** One tick of the clock: wakes every actor that is late. A wake-up that was lost is made up for here. */
export async function tick(parts: Parts): Promise<void> {
  const { store, wakeUps, now } = parts;
  for (;;) {
    const late = await store.due.takeLate(now(), now() + leaseMs, lateAtOnce);
    for (const kind of kinds) {
      const ids = late.filter((actor) => actor.kind === kind).map(({ id }) => id);
      if (ids.length > 0) await wakeUps.wakeMany(kind, ids);
    }
    if (late.length < lateAtOnce) return;
  }
}

/** How long events and finished deliveries are kept, ms. */
const retentionMs = 30 * 86_400_000;

/** Deletes what is too old, a little at a time. */
export async function sweep(parts: Parts, stop: Stop): Promise<void> {
  const { store, now } = parts;
  const before = now() - retentionMs;
  const trims = [
    async () => store.log.trim(before, 1_000),
    ...(await store.accounts.ids()).map((id) => async () => store.events.trim(id, before, 1_000)),
    ...(await store.subscriptions.all()).map(
      ({ id }) =>
        async () =>
          store.mailboxes.trim(id, before, 1_000),
    ),
  ];
  for (const id of await store.accounts.ids()) await store.holds.trim(id, before);
  for (const trim of trims) {
    while (!stop.draining.aborted && (await trim()) === 1_000) await sleep(10);
    if (stop.draining.aborted) return;
  }
}
