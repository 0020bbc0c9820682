import { z } from "@hono/zod-openapi";
import { eventTypes } from "../../domain/catalog.js";
import { hashOf } from "../../domain/ids.js";
import { namesNear } from "../../domain/near.js";
import { answer, body, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import { unlessRefused } from "../failures.js";
import type { ApiContext } from "../options.js";
import { ProblemError } from "../problem.js";
import { samplesSchema, triggerInput } from "../schemas/sample.js";

const trigger = endpoint(
  {
    method: "post",
    path: "/v1/event-types/{type}/trigger",
    operationId: "triggerSample",
    summary: "Send samples of an event",
    description:
      "States samples that look like real events of this type and go their way: through digests, quiet hours, " +
      "signatures and retries, into the log of deliveries, the list of events and the stream. They are fitted to the " +
      "filters of the subscriptions that are named, go to these and to no other, and are marked by " +
      "`data.detected.sample`. Without subscriptions only those see them who list or follow events. Subscriptions of " +
      "several accounts get samples of their own account each.",
    tags: ["Event types"],
    request: {
      params: z.object({
        type: z.string().openapi({
          param: { name: "type", in: "path" },
          description: "The whole name: no patterns here.",
          example: "favorite.added",
        }),
      }),
      body: body(triggerInput, { subscriptions: [examples.subscription.id] }, false),
    },
    responses: {
      202: answer("They are on their way.", samplesSchema, {
        events: [examples.event.id],
        subscriptions: [examples.subscription.id],
      }),
    },
  },
  [
    "not_found",
    "subscription_disabled",
    "account_not_found",
    "account_missing",
    "subscription_not_found",
    "not_wanted",
  ],
);

/** Samples of events. */
export function registerTrigger(app: Api, { services }: ApiContext): void {
  app.openapi(trigger, async (c) => {
    const { type } = c.req.valid("param");
    const { account = null, subscriptions = [], count = 1 } = c.req.valid("json");
    const given = c.req.header("idempotency-key");
    // The same key in other hands is another key.
    const key = given === undefined ? null : hashOf([c.req.header("authorization") ?? "", given]);
    const made = await services.samples.trigger(type, { account, subscriptions, count, key });
    if (!made) throw unknownType(type);
    const { events, subscriptions: chosen } = unlessRefused(made);
    return c.json({ events: [...events], subscriptions: [...chosen] }, 202);
  });
}

/** The 404 for a type that is none, with those that may have been meant. */
function unknownType(type: string): ProblemError {
  const near = namesNear(
    type,
    eventTypes.map((entry) => entry.type),
  );
  const meant = near.length === 0 ? "" : ` Did you mean ${near.join(", ")}?`;
  const detail = `There is no event type ${JSON.stringify(type)}.${meant} GET /v1/event-types lists them all.`;
  return new ProblemError("not_found", detail);
}
