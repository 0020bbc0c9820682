import { z } from "@hono/zod-openapi";
import { deliveryStatuses } from "../../domain/delivery.js";
import { answer, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import { unlessRefused } from "../failures.js";
import type { ApiContext } from "../options.js";
import { pageRequest } from "../pages.js";
import { notFound } from "../problem.js";
import { idParam, listOf, pageQuery } from "../schemas/common.js";
import { deliverySchema, viewDelivery } from "../schemas/delivery.js";

const tags = ["Deliveries"];
const example = examples.delivery;

const list = endpoint(
  {
    method: "get",
    path: "/v1/subscriptions/{id}/deliveries",
    operationId: "listDeliveries",
    summary: "What was sent to a subscription",
    description: "Newest first.",
    tags,
    request: {
      params: idParam(examples.subscription.id),
      query: z.strictObject({
        status: z.enum(deliveryStatuses).optional().openapi({ description: "Only with this status." }),
        ...pageQuery,
      }),
    },
    responses: {
      200: answer("A page.", listOf("DeliveryList", deliverySchema), { data: [example], next: null }),
    },
  },
  ["not_found", "invalid_cursor"],
);

const get = endpoint(
  {
    method: "get",
    path: "/v1/deliveries/{id}",
    operationId: "getDelivery",
    summary: "One delivery with its attempts",
    tags,
    request: { params: idParam(example.id) },
    responses: { 200: answer("The delivery.", deliverySchema, example) },
  },
  ["not_found"],
);

const redeliver = endpoint(
  {
    method: "post",
    path: "/v1/deliveries/{id}/redeliver",
    operationId: "redeliver",
    summary: "Send it again",
    description:
      "Makes the delivery due now, and lets it through even while the mailbox pauses after failures. It keeps its id, so " +
      "receivers can tell that it is the same. A digest that still collects events is refused.",
    tags,
    request: { params: idParam(example.id) },
    responses: {
      200: answer("It is due again.", deliverySchema, {
        ...example,
        status: "pending",
        nextAttemptAt: example.createdAt,
      }),
    },
  },
  ["not_found", "delivery_pending", "subscription_disabled"],
);

/** What was sent, and what came of it. */
export function registerDeliveries(app: Api, { services }: ApiContext): void {
  app.openapi(list, async (c) => {
    const { id } = c.req.valid("param");
    const query = c.req.valid("query");
    const request = { ...pageRequest(query), status: query.status ?? null };
    const page = await services.subscriptions.deliveries(id, request);
    if (!page) throw notFound("subscription", id);
    return c.json({ data: page.data.map(viewDelivery), next: page.next }, 200);
  });

  app.openapi(get, async (c) => {
    const { id } = c.req.valid("param");
    const delivery = await services.deliveries.get(id);
    if (!delivery) throw notFound("delivery", id);
    return c.json(viewDelivery(delivery), 200);
  });

  app.openapi(redeliver, async (c) => {
    const { id } = c.req.valid("param");
    const result = await services.deliveries.redeliver(id);
    if (!result) throw notFound("delivery", id);
    return c.json(viewDelivery(unlessRefused(result)), 200);
  });
}
