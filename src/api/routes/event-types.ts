import { z } from "@hono/zod-openapi";
import { eventTypes, findEventType } from "../../domain/catalog.js";
import { answer, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import { pageOf, pageRequest } from "../pages.js";
import { notFound } from "../problem.js";
import { limitQuery, listOf, pageQuery } from "../schemas/common.js";
import { eventTypeSchema, viewEventType } from "../schemas/event.js";

const tags = ["Event types"];
const example = {
  name: "favorite.added",
  resource: "favorites",
  description: "A client added a photo or video to a favorite list.",
  schema: { type: "object", properties: { id: { type: "string" } } },
  example: examples.event,
};

const typeParam = z.object({
  type: z.string().openapi({
    param: { name: "type", in: "path" },
    description: "The whole name: no patterns here.",
    example: "favorite.added",
  }),
});

const list = endpoint(
  {
    method: "get",
    path: "/v1/event-types",
    operationId: "listEventTypes",
    summary: "The catalogue of events",
    description: "The whole catalogue fits into one page, so `limit` is 200 here unless told.",
    tags,
    request: {
      query: z.strictObject({ ...pageQuery, limit: limitQuery(200) }),
    },
    responses: {
      200: answer("A page.", listOf("EventTypeList", eventTypeSchema), { data: [example], next: null }),
    },
  },
  ["invalid_cursor"],
);

const get = endpoint(
  {
    method: "get",
    path: "/v1/event-types/{type}",
    operationId: "getEventType",
    summary: "One event type",
    description: "What it says, the schema of its `data.object`, and a whole event as an example.",
    tags,
    request: { params: typeParam },
    responses: { 200: answer("The event type.", eventTypeSchema, example) },
  },
  ["not_found"],
);

/** The catalogue of events. */
export function registerEventTypes(app: Api): void {
  app.openapi(list, (c) => {
    const { data, next } = pageOf(eventTypes, (entry) => entry.type, pageRequest(c.req.valid("query")));
    return c.json({ data: data.map(viewEventType), next }, 200);
  });

  app.openapi(get, (c) => {
    const { type } = c.req.valid("param");
    const entry = findEventType(type);
    if (!entry) throw notFound("event type", type);
    return c.json(viewEventType(entry), 200);
  });
}
