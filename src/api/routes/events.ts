import { z } from "@hono/zod-openapi";
import { isKnownPattern, unknownPattern } from "../../domain/catalog.js";
import type { Delivery } from "../../domain/delivery.js";
import { answer, answerText, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import type { ApiContext } from "../options.js";
import { type KeyOrder, pageInOrder, pageRequest } from "../pages.js";
import { notFound } from "../problem.js";
import { idParam, listOf, momentQuery, pageQuery } from "../schemas/common.js";
import { deliverySchema, viewDelivery } from "../schemas/delivery.js";
import { eventSchema } from "../schemas/event.js";

const tags = ["Events"];

/** `type=a&type=b` and `type=a,b` mean the same. */
export const typesQuery = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((given) => [given].flat().flatMap((text) => text.split(",").map((part) => part.trim())))
  .pipe(
    z
      .array(
        z.string().refine(isKnownPattern, {
          error: (issue) => unknownPattern(issue.input),
        }),
      )
      .max(50),
  )
  .openapi({
    param: { name: "type", in: "query", required: false, style: "form", explode: true },
    description: "Event types: names, `object.*` or `*`. Repeat it or separate with commas.",
    type: "array",
    items: { type: "string" },
    example: ["favorite.*", "invoice.paid"],
  });

const idFilter = (description: string, example: string) =>
  z.string().min(1).max(320).optional().openapi({ description, example });

export const accountQuery = idFilter("Only of this account.", examples.account.id);

const eventQuery = z
  .strictObject({
    account: accountQuery,
    type: typesQuery,
    collection: idFilter("Only in this collection.", "90516387"),
    client: idFilter("Only by this client: an id or an email address.", "jane@example.com"),
    since: momentQuery.optional().openapi({
      description: "Only committed at this time or later.",
      type: "string",
      format: "date-time",
    }),
    until: momentQuery.optional().openapi({
      description:
        "Only committed at this time or earlier. (A replay's `until` does not belong to it any more.)",
      type: "string",
      format: "date-time",
    }),
    matched: z
      .enum(["true", "false"])
      .optional()
      .openapi({
        description:
          "`false`: only events that no subscription wanted when they were found; `true`: only the others. " +
          "Samples, and events of before this was noted, are in neither.",
      }),
    order: z.enum(["asc", "desc"]).default("desc").openapi({ description: "`desc`: newest first." }),
    ...pageQuery,
    after: pageQuery.after.openapi({
      description:
        "The `next` of the page before, or the id of an event of this list: the page begins behind it.",
    }),
  })
  .refine(({ since, until }) => since === undefined || until === undefined || since <= until, {
    path: ["until"],
    error: "must not be before since",
  });

const eventList = listOf("EventList", eventSchema);

const list = endpoint(
  {
    method: "get",
    path: "/v1/events",
    operationId: "listEvents",
    summary: "List events",
    description:
      "Newest first unless told otherwise. Where much was looked through, a page can be shorter than `limit`, even " +
      "empty, while `next` is not null: follow `next` until it is. Cursors hold while events come and go; use one with " +
      "the account and `matched` that it was given for. To keep up with what is new, ask with `order=asc` until `next` " +
      "is null, then again and again with `after` and the id of the last event that you have: none is missed. Of one account, events are listed as soon as they are found; of all, " +
      "and with `matched`, once they are handed on, a moment later.",
    tags,
    request: { query: eventQuery },
    responses: { 200: answer("A page.", eventList, { data: [examples.event], next: null }) },
  },
  ["invalid_cursor"],
);

const get = endpoint(
  {
    method: "get",
    path: "/v1/events/{id}",
    operationId: "getEvent",
    summary: "One event",
    description: "The exact text that every delivery of this event carries.",
    tags,
    request: { params: idParam(examples.event.id) },
    responses: { 200: answer("The event.", eventSchema, examples.event) },
  },
  ["not_found"],
);

const deliveries = endpoint(
  {
    method: "get",
    path: "/v1/events/{id}/deliveries",
    operationId: "listDeliveriesOfEvent",
    summary: "Who got an event",
    description:
      "Its deliveries to all subscriptions, by itself or in a digest. Empty when nobody wanted it, or when they are not " +
      "kept any more.",
    tags,
    request: { params: idParam(examples.event.id), query: z.strictObject(pageQuery) },
    responses: {
      200: answer("A page.", listOf("DeliveryList", deliverySchema), {
        data: [examples.delivery],
        next: null,
      }),
    },
  },
  ["not_found", "invalid_cursor"],
);

const byId: KeyOrder<Delivery> = { keyOf: ({ id }) => id, form: /^dlv_[0-9a-z]+$/ };

/** Events as they were frozen. */
export function registerEvents(app: Api, { services }: ApiContext): void {
  app.openapi(list, async (c) => {
    const query = c.req.valid("query");
    const { account = null, collection = null, client = null, since = null, until = null, order } = query;
    const matched = query.matched === undefined ? null : query.matched === "true";
    const filters = { account, types: query.type, collection, client, since, until, matched, order };
    const { data, next } = await services.events.list({ ...filters, ...pageRequest(query) });
    return answerText<never>(c, `{"data":[${data.join(",")}],"next":${JSON.stringify(next)}}`);
  });

  app.openapi(get, async (c) => {
    const { id } = c.req.valid("param");
    const body = await services.events.get(id);
    if (body === null) throw notFound("event", id);
    return answerText<never>(c, body);
  });

  app.openapi(deliveries, async (c) => {
    const { id } = c.req.valid("param");
    const found = await services.events.deliveries(id);
    if (!found) throw notFound("event", id);
    const { data, next } = pageInOrder(found, byId, pageRequest(c.req.valid("query")));
    return c.json({ data: data.map(viewDelivery), next }, 200);
  });
}
