import { z } from "@hono/zod-openapi";
import { answer, answerText, body, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import type { ApiContext } from "../options.js";
import { notFound } from "../problem.js";
import { idParam, listOf } from "../schemas/common.js";
import { attemptSchema, viewAttempt } from "../schemas/delivery.js";
import { eventSchema } from "../schemas/event.js";
import { rotatedSecretSchema, subscriptionInput } from "../schemas/subscription.js";

const tags = ["Subscriptions"];
const params = idParam(examples.subscription.id);
/** The previous secret still signs for a day unless told. */
const defaultGraceSeconds = 86_400;

const preview = endpoint({
  method: "post",
  path: "/v1/subscriptions/preview",
  operationId: "previewSubscription",
  summary: "Try a subscription on past events",
  description: "The newest events that it would have matched. Nothing is stored, nothing is sent.",
  tags,
  request: {
    body: body(subscriptionInput, {
      events: ["favorite.*"],
      channel: { type: "slack", url: "https://hooks.slack.com/services/T000/B000/XXXX" },
    }),
  },
  responses: {
    200: answer("What it would have matched.", listOf("EventList", eventSchema), {
      data: [examples.event],
      next: null,
    }),
  },
});

const test = endpoint(
  {
    method: "post",
    path: "/v1/subscriptions/{id}/test",
    operationId: "testSubscription",
    summary: "Send a sample event now",
    description: "The answer is the attempt: a receiver that refuses it is a good answer of this route.",
    tags,
    request: { params },
    responses: { 200: answer("What came of it.", attemptSchema, examples.attempt) },
  },
  ["not_found"],
);

const rotationInput = z
  .strictObject({
    graceSeconds: z
      .number()
      .int()
      .min(0)
      .max(30 * 86_400)
      .optional()
      .openapi({ description: "How long both secrets sign; a day unless told.", example: 86_400 }),
  })
  .openapi("RotationInput");

const rotate = endpoint(
  {
    method: "post",
    path: "/v1/subscriptions/{id}/rotate-secret",
    operationId: "rotateSecret",
    summary: "Change the signing secret",
    description:
      "Until `previousValidUntil` everything is signed with the new secret and with those it replaced, the new one first; then with the new one alone. 0 ends all others at once.",
    tags,
    request: { params, body: body(rotationInput, { graceSeconds: 86_400 }, false) },
    responses: {
      200: answer("The new secret, shown this once.", rotatedSecretSchema, {
        secret: examples.secret,
        previousValidUntil: "2026-11-21T10:15:00.000Z",
      }),
    },
  },
  ["not_found"],
);

/** What can be done with a subscription beside changing it. */
export function registerSubscriptionActions(app: Api, { services }: ApiContext): void {
  const { subscriptions } = services;

  app.openapi(preview, async (c) => {
    const bodies = await subscriptions.preview(c.req.valid("json"));
    return answerText<never>(c, `{"data":[${bodies.join(",")}],"next":null}`);
  });

  app.openapi(test, async (c) => {
    const { id } = c.req.valid("param");
    const attempt = await subscriptions.test(id);
    if (!attempt) throw notFound("subscription", id);
    return c.json(viewAttempt(attempt), 200);
  });

  app.openapi(rotate, async (c) => {
    const { id } = c.req.valid("param");
    const { graceSeconds = defaultGraceSeconds } = c.req.valid("json");
    const rotated = await subscriptions.rotateSecret(id, graceSeconds);
    if (!rotated) throw notFound("subscription", id);
    const { secret, previousValidUntil } = rotated;
    return c.json({ secret, previousValidUntil }, 200);
  });
}
