import type { Account } from "./account.js";
import { type FrozenEvent, freezeEvent } from "./event.js";
import { eventId } from "./ids.js";
import type { JsonObject } from "./json.js";
import type { SourceState } from "./source.js";
import type { Change, Resource } from "./upstream.js";

/** States a change as events: one, or two for a record that was already further when it was first seen. */
export function stateChange(
  change: Change,
  from: { account: Pick<Account, "id" | "name">; source: SourceState; resource: Resource },
  at: { now: string; notBefore: string | null; backfill: boolean },
): FrozenEvent[] {
  const { account, source, resource } = from;
  const identity = { resource: resource.name, scope: source.scope?.id ?? null, epoch: source.epoch };
  return resource.events(change).map((type) =>
    freezeEvent({
      id: eventId(account.id, { ...identity, key: change.key, revision: change.revision, type }),
      type,
      timestamp: at.now,
      data: {
        account: { id: account.id, name: account.name },
        collection: source.scope ?? change.record.collection ?? collectionOf(resource, change),
        client: change.record.client,
        object: change.record.fields,
        previous: change.previous,
        detected: {
          at: at.now,
          notBefore: change.notBefore === undefined ? at.notBefore : change.notBefore,
          occurredAt: change.kind === "created" ? change.record.occurredAt : null,
          resource: resource.name,
          revision: change.revision,
          backfill: at.backfill,
        },
      },
    }),
  );
}

/** A collection's own record names the collection, so that filters by collection reach it. */
function collectionOf(resource: Resource, change: Change) {
  if (resource.name !== "collections") return null;
  const { id, name } = change.record.fields;
  return typeof id === "string" ? { id, name: typeof name === "string" ? name : null } : null;
}

/**
 * States something that pixiehook says of itself. `key` and `revision` identify the happening, so that saying it
 * again after a crash gives the same id.
 */
export function stateServiceEvent(
  account: Pick<Account, "id" | "name">,
  happening: { type: string; key: string; revision: number; object: JsonObject },
  now: string,
): FrozenEvent {
  const { type, key, revision, object } = happening;
  return freezeEvent({
    id: eventId(account.id, { resource: "service", scope: null, key, epoch: 0, revision, type }),
    type,
    timestamp: now,
    data: {
      account: { id: account.id, name: account.name },
      collection: null,
      client: null,
      object,
      previous: null,
      detected: {
        at: now,
        notBefore: null,
        occurredAt: null,
        resource: "service",
        revision,
        backfill: false,
      },
    },
  });
}
