import { setTimeout as sleep } from "node:timers/promises";
import type { FrozenEvent } from "../domain/event.js";
import type { Following } from "../services/events.js";
import { placeOf } from "../store/cards.js";
import type { Store } from "../store/store.js";

const eventsAtOnce = 200;
const everyMs = 250;

/** Follows the log of all events. Its place is looked up at once, and not when the first event is asked for. */
export function followLog(store: Store, lastEventId: string | null, signal: AbortSignal): Following {
  const beginning = begin(store, lastEventId);
  const begun = beginning.then(({ how }) => how);
  begun.catch(() => undefined);
  async function* events(): AsyncGenerator<FrozenEvent> {
    let { position } = await beginning;
    while (!signal.aborted) {
      const entries = await store.log.after(position, eventsAtOnce);
      for (const event of await store.events.getMany(entries.map(({ event }) => event))) {
        if (event) yield event;
        if (signal.aborted) return;
      }
      position = entries.at(-1)?.position ?? position;
      if (entries.length < eventsAtOnce) await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return { begun, [Symbol.asyncIterator]: events };
}

async function begin(
  { log, events }: Store,
  lastEventId: string | null,
): Promise<{ position: string; how: "live" | "resumed" | "lost" }> {
  if (lastEventId === null) return { position: await log.end(), how: "live" };
  const place = await log.find(lastEventId);
  if (place !== null) return { position: place, how: "resumed" };
  // Seen in a list of its account, and not handed on yet: what was handed on since its time comes once more.
  const stated = await events.find(lastEventId);
  if (stated !== null) return { position: events.positionAt(placeOf(stated)[0]), how: "resumed" };
  return { position: "0", how: "lost" };
}
