import { z } from "@hono/zod-openapi";
import type { Hold } from "../../domain/hold.js";
import { resourceNames } from "../../domain/record.js";
import { answer, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import { unlessRefused } from "../failures.js";
import type { ApiContext } from "../options.js";
import { type KeyOrder, pageInOrder, pageRequest } from "../pages.js";
import { notFound } from "../problem.js";
import { idParam, listOf, moment, pageQuery } from "../schemas/common.js";

const tags = ["Accounts"];
const example = {
  id: "hold_7d3k9m2p5q8r1s4t2g4j6k8m1n3p5q7r9s0t",
  source: examples.source.id,
  resource: "favorites" as const,
  collection: examples.source.collection,
  count: 412,
  status: "held" as const,
  createdAt: "2026-11-20T10:15:00.000Z",
  resolvedAt: null,
};

export const holdSchema = z
  .object({
    id: z.string(),
    source: z.string(),
    resource: z.enum(resourceNames),
    collection: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
    count: z.number().int().openapi({ description: "How many events are held back." }),
    status: z.enum(["held", "releasing", "released", "discarded"]),
    createdAt: moment,
    resolvedAt: moment.nullable(),
  })
  .openapi("Hold");

const list = endpoint(
  {
    method: "get",
    path: "/v1/accounts/{id}/holds",
    operationId: "listHolds",
    summary: "Floods that were held back",
    description:
      "More events out of one poll than the account's `floodThreshold` are recorded but not delivered " +
      "until someone releases them. Newest first.",
    tags,
    request: { params: idParam(examples.account.id), query: z.strictObject(pageQuery) },
    responses: {
      200: answer("A page.", listOf("HoldList", holdSchema), { data: [example], next: null }),
    },
  },
  ["not_found", "invalid_cursor"],
);

const holdParams = z.object({
  ...idParam(examples.account.id).shape,
  hold: z.string().openapi({
    param: { name: "hold", in: "path" },
    description: "The id of a hold of this account.",
    example: example.id,
  }),
});

const release = endpoint(
  {
    method: "post",
    path: "/v1/accounts/{id}/holds/{hold}/release",
    operationId: "releaseHold",
    summary: "Let a flood go",
    description: "Its events are delivered to whoever wants them.",
    tags,
    request: { params: holdParams },
    responses: {
      200: answer("Its events are on their way.", holdSchema, { ...example, status: "releasing" }),
    },
  },
  ["not_found", "hold_resolved"],
);

const discard = endpoint(
  {
    method: "post",
    path: "/v1/accounts/{id}/holds/{hold}/discard",
    operationId: "discardHold",
    summary: "Drop a flood",
    description: "Its events stay listed and are never delivered.",
    tags,
    request: { params: holdParams },
    responses: {
      200: answer("Nothing of it is delivered.", holdSchema, { ...example, status: "discarded" }),
    },
  },
  ["not_found", "hold_resolved"],
);

function viewHold({ account: _account, ...hold }: Hold): z.output<typeof holdSchema> {
  return hold;
}

const newestFirst: KeyOrder<Hold> = {
  keyOf: ({ createdAt, id }) => `${createdAt} ${id}`,
  form: /^\S+ hold_[0-9a-z]+$/,
  newestFirst: true,
};

/** Floods, and what a person decides about them. */
export function registerHolds(app: Api, { services }: ApiContext): void {
  const { accounts } = services;

  app.openapi(list, async (c) => {
    const { id } = c.req.valid("param");
    const holds = await accounts.holds(id);
    if (!holds) throw notFound("account", id);
    const { data, next } = pageInOrder(holds, newestFirst, pageRequest(c.req.valid("query")));
    return c.json({ data: data.map(viewHold), next }, 200);
  });

  app.openapi(release, async (c) => {
    const { id, hold } = c.req.valid("param");
    const resolved = await accounts.resolveHold(id, hold, "release");
    if (!resolved) throw notFound("hold", hold);
    return c.json(viewHold(unlessRefused(resolved)), 200);
  });

  app.openapi(discard, async (c) => {
    const { id, hold } = c.req.valid("param");
    const resolved = await accounts.resolveHold(id, hold, "discard");
    if (!resolved) throw notFound("hold", hold);
    return c.json(viewHold(unlessRefused(resolved)), 200);
  });
}
