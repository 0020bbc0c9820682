import { z } from "@hono/zod-openapi";
import {
  channelSchema,
  digestSchema,
  filterSchema,
  quietHoursSchema,
  type Subscription,
  subscriptionInputSchema,
  subscriptionPatchSchema,
} from "../../domain/subscription.js";
import { hideChannel } from "../hidden.js";
import { moment } from "./common.js";

// Built anew from their shapes, so that they carry a name in the OpenAPI document.
export const subscriptionInput = z.strictObject(subscriptionInputSchema.shape).openapi("SubscriptionInput");
export const subscriptionPatch = z.strictObject(subscriptionPatchSchema.shape).openapi("SubscriptionPatch");

const shape = {
  id: z.string().openapi({ example: "sub_0123456789abcdef" }),
  account: z.string().nullable().openapi({ description: "Null: every account." }),
  events: z.array(z.string()),
  filter: filterSchema.nullable(),
  channel: channelSchema,
  digest: digestSchema.nullable(),
  quietHours: quietHoursSchema.nullable(),
  retry: z.object({ delays: z.array(z.string()) }),
  limits: z.object({ perSecond: z.number(), concurrency: z.number().int() }),
  ordered: z.boolean(),
  description: z.string(),
  enabled: z.boolean(),
  disabledReason: z
    .string()
    .nullable()
    .openapi({ description: "Why pixiehook itself switched it off; null while it did not." }),
  publicKey: z
    .string()
    .nullable()
    .openapi({ description: "Verifies the signatures in asymmetric mode (`whpk_…`); null otherwise." }),
  createdAt: moment,
  updatedAt: moment,
};
export const subscriptionSchema = z.object(shape).openapi("Subscription");

const secret = z
  .string()
  .openapi({ description: "Signs what is sent. Shown this once.", example: "whsec_…" });
export const createdSubscriptionSchema = z.object({ ...shape, secret }).openapi("CreatedSubscription");

export const rotatedSecretSchema = z.object({ secret, previousValidUntil: moment }).openapi("RotatedSecret");

/** A subscription as it is shown: field by field, and its channel without credentials. */
export function viewSubscription(subscription: Subscription): z.output<typeof subscriptionSchema> {
  const { id, account, events, filter, channel, digest, quietHours, retry, limits } = subscription;
  const { ordered, description, enabled, disabledReason, publicKey, createdAt, updatedAt } = subscription;
  const shown = hideChannel(channel);
  const wanted = { account, events, filter, channel: shown, digest, quietHours, retry, limits };
  const state = { ordered, description, enabled, disabledReason, publicKey };
  return { id, ...wanted, ...state, createdAt, updatedAt };
}
