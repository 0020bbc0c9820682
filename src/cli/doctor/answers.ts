import { z } from "zod";
import { diagnosisSchema } from "../../api/routes/diagnostics.js";
import { holdSchema } from "../../api/routes/holds.js";
import { accountSchema, sourceSchema } from "../../api/schemas/account.js";
import { deliverySchema } from "../../api/schemas/delivery.js";
import { forecastSchema } from "../../api/schemas/forecast.js";
import { subscriptionSchema } from "../../api/schemas/subscription.js";

/** The answers of the API that the doctor reads, and nothing more of them than it needs. */
export const answers = {
  health: z.object({ status: z.literal("ok"), version: z.string() }),
  readiness: z.object({ ok: z.boolean(), problems: z.array(z.string()) }),
  diagnosis: diagnosisSchema,
  account: accountSchema.pick({
    id: true,
    name: true,
    session: true,
    polling: true,
    budget: true,
    readBy: true,
    browser: true,
  }),
  forecast: forecastSchema,
  source: sourceSchema.pick({
    resource: true,
    collection: true,
    status: true,
    failures: true,
    reason: true,
  }),
  hold: holdSchema.pick({ resource: true, count: true, status: true }),
  subscription: subscriptionSchema.pick({
    id: true,
    channel: true,
    description: true,
    enabled: true,
    paused: true,
    disabledReason: true,
    mailbox: true,
  }),
  delivery: deliverySchema.pick({ id: true, status: true, attempts: true, attemptCount: true }),
};

export type AccountAnswer = z.output<typeof answers.account>;
export type SourceAnswer = z.output<typeof answers.source>;
export type HoldAnswer = z.output<typeof answers.hold>;
export type SubscriptionAnswer = z.output<typeof answers.subscription>;
export type DeliveryAnswer = z.output<typeof answers.delivery>;
