import { z } from "@hono/zod-openapi";
import { type Attempt, type Delivery, deliveryStatuses } from "../../domain/delivery.js";
import { moment } from "./common.js";

export const attemptSchema = z
  .object({
    at: moment,
    durationMs: z.number(),
    outcome: z.enum(["delivered", "retry", "failed", "gone", "blocked"]),
    status: z.number().int().optional().openapi({ description: "HTTP status or SMTP reply code." }),
    error: z.string().optional(),
    responseBody: z.string().optional().openapi({ description: "The first 4 kB of the answer." }),
    nextAttemptAt: moment.optional(),
  })
  .openapi("Attempt");

export const deliverySchema = z
  .object({
    id: z.string(),
    event: z.string().nullable().openapi({ description: "The event; null for a digest." }),
    events: z.array(z.string()),
    subscription: z.string(),
    account: z.string(),
    type: z.string(),
    status: z.enum(deliveryStatuses),
    attempts: z.array(attemptSchema).openapi({ description: "The newest attempts, oldest first." }),
    attemptCount: z.number().int(),
    replay: z
      .string()
      .nullable()
      .openapi({ description: "The replay that last sent it; null when none did." }),
    createdAt: moment,
    nextAttemptAt: moment.nullable(),
  })
  .openapi("Delivery");

/** An attempt as it is shown. */
export function viewAttempt(attempt: Attempt): z.output<typeof attemptSchema> {
  const { at, durationMs, outcome, status, error, responseBody, nextAttemptAt } = attempt;
  return {
    at,
    durationMs,
    outcome,
    ...(status !== undefined && { status }),
    ...(error !== undefined && { error }),
    ...(responseBody !== undefined && { responseBody }),
    ...(nextAttemptAt !== undefined && { nextAttemptAt }),
  };
}

/** A delivery as it is shown. */
export function viewDelivery(delivery: Delivery): z.output<typeof deliverySchema> {
  const { id, events, subscription, account, type, status } = delivery;
  const { attemptCount, replay, createdAt, nextAttemptAt } = delivery;
  const event = delivery.digest ? null : (events[0] ?? null);
  const attempts = delivery.attempts.map(viewAttempt);
  const head = { id, event, events: [...events], subscription, account, type, status };
  return { ...head, attempts, attemptCount, replay, createdAt, nextAttemptAt };
}
