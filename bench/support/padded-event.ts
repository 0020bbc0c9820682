import { type FrozenEvent, freezeEvent, type PixiehookEvent } from "../../src/domain/event.js";
import { eventId } from "../../src/domain/ids.js";

/** How long the body of every event here is, bytes. */
export const bodyBytes = 600;

/** An event as a poll would have stated it, padded to `bodyBytes`. Each `key` is another event. */
export function paddedEvent(account: string, type: string, key: string): FrozenEvent {
  const now = new Date().toISOString();
  const event: PixiehookEvent = {
    id: eventId(account, { resource: "favorites", scope: null, key, epoch: 1, revision: 1, type }),
    type,
    timestamp: now,
    data: {
      account: { id: account, name: "Smith Studio" },
      collection: { id: "90516387", name: "Smith Wedding 2025" },
      client: null,
      object: { id: key, note: "" },
      previous: null,
      detected: {
        at: now,
        notBefore: null,
        occurredAt: null,
        resource: "favorites",
        revision: 1,
        backfill: false,
      },
    },
  };
  const missing = bodyBytes - JSON.stringify(event).length;
  if (missing < 0) throw new RangeError(`The event is ${-missing} bytes longer than ${bodyBytes}`);
  const object = { id: key, note: "x".repeat(missing) };
  return freezeEvent({ ...event, data: { ...event.data, object } });
}
