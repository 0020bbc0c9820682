import { z } from "@hono/zod-openapi";
import { hideChannel } from "../../domain/hidden.js";
import { type MailboxState, mailboxStatuses } from "../../domain/mailbox.js";
import {
  channelSchema,
  digestSchema,
  filterSchema,
  quietHoursSchema,
  type Subscription,
  subscriptionInputSchema,
  subscriptionPatchSchema,
} from "../../domain/subscription.js";
import { moment } from "./common.js";

// Built anew from their shapes, so that they carry a name in the OpenAPI document.
export const subscriptionInput = z.strictObject(subscriptionInputSchema.shape).openapi("SubscriptionInput");
export const subscriptionPatch = z.strictObject(subscriptionPatchSchema.shape).openapi("SubscriptionPatch");

const statusMeanings = [
  "`disabled`: the subscription is off, by you or by pixiehook; what waits stays.",
  "`paused`: deliveries are collected, and none is sent.",
  "`resting`: none is sent before `restsUntil`; then one is, as a probe, when failures are the reason.",
  "`sending`: some are due; they are under way, or next.",
  "`waiting`: none is due yet: a retry, a digest, or quiet hours.",
  "`idle`: none waits.",
  "The first that holds.",
].join(" ");
const restMeanings =
  "`failures`: attempts failed again and again. `asked`: the receiver wished it, with `Retry-After`.";

const mailboxSchema = z
  .object({
    status: z.enum(mailboxStatuses).openapi({ description: statusMeanings }),
    waiting: z.number().int().openapi({ description: "Deliveries that are not done, due or not." }),
    due: z.number().int().openapi({ description: "Those among them whose time has come." }),
    restsUntil: moment.nullable().openapi({ description: "Null unless it rests." }),
    restReason: z.enum(["failures", "asked"]).nullable().openapi({ description: restMeanings }),
    failures: z.number().int().openapi({ description: "Attempts in a row that nobody took." }),
    failingSince: moment.nullable().openapi({
      description: "The first failed attempt since the last that succeeded; null while none failed.",
    }),
    disablesAt: moment.nullable().openapi({
      description:
        "When the subscription is switched off if attempts go on to fail; null while none failed, or none is made.",
    }),
    concurrency: z.number().int().openapi({
      description: "How many may be under way at once: fewer than `limits.concurrency` after trouble.",
    }),
  })
  .openapi("Mailbox", { description: "What is done with the subscription's deliveries just now." });

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
  paused: z.boolean().openapi({ description: "While it is, deliveries are collected and not sent." }),
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
  mailbox: mailboxSchema,
};
export const subscriptionSchema = z.object(shape).openapi("Subscription");

const secret = z
  .string()
  .openapi({ description: "Signs what is sent. Shown this once.", example: "whsec_…" });
export const createdSubscriptionSchema = z.object({ ...shape, secret }).openapi("CreatedSubscription");

export const rotatedSecretSchema = z.object({ secret, previousValidUntil: moment }).openapi("RotatedSecret");

/** A subscription as it is shown: field by field, its channel without credentials, and what its mailbox is doing. */
export function viewSubscription(
  subscription: Subscription,
  mailbox: MailboxState,
): z.output<typeof subscriptionSchema> {
  const { id, account, events, filter, channel, digest, quietHours, retry, limits } = subscription;
  const { ordered, description, enabled, paused, disabledReason, publicKey } = subscription;
  const { createdAt, updatedAt } = subscription;
  const shown = hideChannel(channel);
  const wanted = { account, events, filter, channel: shown, digest, quietHours, retry, limits };
  const state = { ordered, description, enabled, paused, disabledReason, publicKey };
  return { id, ...wanted, ...state, createdAt, updatedAt, mailbox };
}
