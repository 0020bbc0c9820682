import { z } from "@hono/zod-openapi";
import type { EventType } from "../../domain/catalog.js";
import { moment } from "./common.js";

const jsonObject = z.record(z.string(), z.unknown());

const accountReference = z.object({ id: z.string(), name: z.string() }).openapi("AccountReference");
const collectionReference = z
  .object({ id: z.string(), name: z.string().nullable() })
  .nullable()
  .openapi("CollectionReference");
const clientReference = z
  .object({ id: z.string().nullable(), name: z.string().nullable(), email: z.string().nullable() })
  .nullable()
  .openapi("ClientReference");
const detected = z
  .object({
    at: moment,
    notBefore: moment.nullable().openapi({ description: "The last good look before: it happened since." }),
    occurredAt: moment
      .nullable()
      .openapi({ description: "Pixieset's own time, where it gives one with a zone." }),
    resource: z.string(),
    revision: z.number().int(),
    backfill: z.boolean().openapi({ description: "Whether it was there already when watching began." }),
    sample: z
      .literal(true)
      .optional()
      .openapi({ description: "On samples only, which somebody triggered: nothing happened." }),
  })
  .openapi("Detected");

export const eventSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    timestamp: moment,
    data: z.object({
      account: accountReference,
      collection: collectionReference,
      client: clientReference,
      object: jsonObject.openapi({
        description: "What it happened to; `GET /v1/event-types` has its schema.",
      }),
      previous: jsonObject
        .nullable()
        .openapi({ description: "Old values of the changed fields; null on creation." }),
      detected,
    }),
  })
  .openapi("Event");

export const eventTypeSchema = z
  .object({
    name: z.string(),
    resource: z.string().openapi({ description: "The list whose polls find it, or `service`." }),
    description: z.string(),
    schema: jsonObject.openapi({ description: "JSON Schema (2020-12) of `data.object`." }),
    example: jsonObject.openapi({ description: "A whole event." }),
  })
  .openapi("EventType");

/** An event type as it is shown. */
export function viewEventType(entry: EventType): z.output<typeof eventTypeSchema> {
  const { type, resource, description, schema, example } = entry;
  return { name: type, resource, description, schema, example };
}
