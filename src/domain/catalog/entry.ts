import { z } from "zod";
import { eventId, idFromBytes } from "../ids.js";
import type { JsonObject } from "../json.js";
import type { ClientReference, CollectionReference, ResourceName } from "../record.js";

/** One kind of event: what happened, to what, and how it looks. */
export interface EventType {
  readonly type: string;
  /** The resource whose polls find it; `service` for what pixiehook says of itself. */
  readonly resource: ResourceName | "service";
  readonly description: string;
  /** JSON Schema (2020-12) of `data.object`. */
  readonly schema: JsonObject;
  /** A whole event. */
  readonly example: JsonObject;
}

/** Verb → what happened, and how the example differs from the group's sample. */
type Verbs<T> = Readonly<
  Record<string, readonly [description: string, object?: Partial<T>, previous?: Partial<T>]>
>;

interface Group<T> {
  /** The first half of the type. */
  readonly object: string;
  readonly resource: ResourceName | "service";
  readonly schema: z.ZodType<T>;
  readonly sample: T;
  /** Who did it and where, in examples; null for none. */
  readonly client: ClientReference | null;
  readonly collection: CollectionReference | null;
  readonly occurredAt?: string;
  readonly verbs: Verbs<T>;
}

const bytes = new TextEncoder();

/** Ids of examples look like real ones and never change. */
export const sampleAccount = { id: idFromBytes("acc", bytes.encode("sample account")), name: "Smith Studio" };
export const sampleSubscription = idFromBytes("sub", bytes.encode("sample subscription"));
export const sampleClient = { id: null, name: "Jane Doe", email: "jane@example.com" };
export const sampleCollection = { id: "90516387", name: "Smith Wedding 2025" };

/** The catalogue entries of one kind of object: one line of `verbs` for each type. */
export function describeEvents<T extends object>(group: Group<T>): EventType[] {
  // `input` leaves additionalProperties open: fields may be added.
  const schema = z.toJSONSchema(group.schema, { io: "input" }) as JsonObject;
  return Object.entries(group.verbs).map(([verb, [description, object, previous]]) => {
    const type = `${group.object}.${verb}`;
    const example = exampleOf(group, type, { ...group.sample, ...object }, previous ?? null);
    return { type, resource: group.resource, description, schema, example };
  });
}

function exampleOf<T extends object>(
  group: Group<T>,
  type: string,
  object: T,
  previous: Partial<T> | null,
): JsonObject {
  const { resource, client, collection } = group;
  const revision = previous ? 2 : 1;
  const scope = collection && resource !== "collections" ? collection.id : null;
  const key = "id" in object && typeof object.id === "string" ? object.id : type;
  return {
    id: eventId(sampleAccount.id, { resource, scope, key, epoch: 1, revision, type }),
    type,
    timestamp: "2026-11-20T10:15:00.000Z",
    data: {
      account: { ...sampleAccount },
      collection: collection && { ...collection },
      client: client && { ...client },
      object: object as unknown as JsonObject,
      previous: previous as JsonObject | null,
      detected: {
        at: "2026-11-20T10:14:59.812Z",
        notBefore: "2026-11-20T10:13:58.204Z",
        occurredAt: group.occurredAt ?? null,
        resource,
        revision,
        backfill: false,
      },
    },
  };
}
