import { z } from "@hono/zod-openapi";
import type { Subscription } from "../../domain/subscription.js";
import { answer, body, created, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import { unlessRefused } from "../failures.js";
import { wholeChannel } from "../hidden.js";
import type { ApiContext } from "../options.js";
import { pageRequest } from "../pages.js";
import { notFound } from "../problem.js";
import { idParam, listOf, pageQuery } from "../schemas/common.js";
import {
  createdSubscriptionSchema,
  subscriptionInput,
  subscriptionPatch,
  subscriptionSchema,
  viewSubscription,
} from "../schemas/subscription.js";

const tags = ["Subscriptions"];
const path = "/v1/subscriptions/{id}" as const;
const params = idParam(examples.subscription.id);
const example = examples.subscription;
const idle = examples.idleMailbox;

const create = endpoint(
  {
    method: "post",
    path: "/v1/subscriptions",
    operationId: "createSubscription",
    summary: "Subscribe",
    description:
      "Says who wants which events, through which channel. The signing secret is in this answer only.",
    tags,
    request: {
      body: body(subscriptionInput, {
        events: ["favorite.*", "invoice.paid"],
        channel: { type: "webhook", url: "https://example.com/hooks/pixieset" },
      }),
    },
    responses: {
      201: created("Subscribed.", createdSubscriptionSchema, {
        ...example,
        mailbox: idle,
        secret: examples.secret,
      }),
    },
  },
  ["account_not_found", "email_not_configured", "url_not_allowed"],
);

const list = endpoint(
  {
    method: "get",
    path: "/v1/subscriptions",
    operationId: "listSubscriptions",
    summary: "List the subscriptions",
    tags,
    request: { query: z.strictObject(pageQuery) },
    responses: {
      200: answer("A page.", listOf("SubscriptionList", subscriptionSchema), { data: [example], next: null }),
    },
  },
  ["invalid_cursor"],
);

const get = endpoint(
  {
    method: "get",
    path,
    operationId: "getSubscription",
    summary: "One subscription",
    description:
      "Header values, the path of a Slack address and the query of a URL are shown as `[hidden]`. Sent back so in a change, they stay as they are.",
    tags,
    request: { params },
    responses: { 200: answer("The subscription.", subscriptionSchema, example) },
  },
  ["not_found"],
);

const update = endpoint(
  {
    method: "patch",
    path,
    operationId: "updateSubscription",
    summary: "Change a subscription",
    description:
      "Fields that are not sent stay as they are. `enabled: true` switches a disabled one on again. While it is `paused`, deliveries are collected and not sent; `paused: false` sends them, slowly at first.",
    tags,
    request: { params, body: body(subscriptionPatch, { paused: true }) },
    responses: {
      200: answer("The subscription as it is now.", subscriptionSchema, {
        ...example,
        paused: true,
        mailbox: { ...idle, status: "paused", waiting: 34, due: 31, concurrency: 1 },
      }),
    },
  },
  ["not_found", "email_not_configured", "url_not_allowed"],
);

const remove = endpoint(
  {
    method: "delete",
    path,
    operationId: "deleteSubscription",
    summary: "Unsubscribe",
    description: "Deletes it with its deliveries, those that still wait too.",
    tags,
    request: { params },
    responses: { 204: { description: "It is gone." } },
  },
  ["not_found"],
);

/** Who wants which events, through which channel. */
export function registerSubscriptions(app: Api, { services }: ApiContext): void {
  const { subscriptions } = services;
  const view = async (subscription: Subscription) =>
    viewSubscription(subscription, await subscriptions.mailbox(subscription));

  app.openapi(create, async (c) => {
    const input = c.req.valid("json");
    const channel = wholeChannel(input.channel, null);
    const { subscription, secret } = unlessRefused(await subscriptions.create({ ...input, channel }));
    const location = `/v1/subscriptions/${subscription.id}`;
    return c.json({ ...(await view(subscription)), channel, secret }, 201, { location });
  });

  app.openapi(list, async (c) => {
    const { data, next } = await subscriptions.list(pageRequest(c.req.valid("query")));
    return c.json({ data: await Promise.all(data.map(view)), next }, 200);
  });

  app.openapi(get, async (c) => {
    const { id } = c.req.valid("param");
    const subscription = await subscriptions.get(id);
    if (!subscription) throw notFound("subscription", id);
    return c.json(await view(subscription), 200);
  });

  app.openapi(update, async (c) => {
    const { id } = c.req.valid("param");
    const { channel, ...patch } = c.req.valid("json");
    const stored = channel ? ((await subscriptions.get(id))?.channel ?? null) : null;
    const revealed = channel ? { channel: wholeChannel(channel, stored) } : {};
    const result = await subscriptions.update(id, { ...patch, ...revealed });
    if (!result) throw notFound("subscription", id);
    return c.json(await view(unlessRefused(result).subscription), 200);
  });

  app.openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    if (!(await subscriptions.remove(id))) throw notFound("subscription", id);
    return c.body(null, 204);
  });
}
