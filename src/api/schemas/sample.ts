import { z } from "@hono/zod-openapi";

export const triggerInput = z
  .strictObject({
    account: z.string().min(1).max(64).optional().openapi({
      description: "Whose event it is to be. The subscriptions' own, or the oldest, unless told.",
    }),
    subscriptions: z
      .array(z.string().min(1).max(64))
      .max(100, "may name 100 at most")
      .optional()
      .openapi({ description: "Who gets it. Each must be enabled and want events of this type." }),
    count: z
      .number()
      .int()
      .min(1)
      .max(50)
      .optional()
      .openapi({ description: "How many for each subscription; one unless told.", example: 1 }),
  })
  .openapi("TriggerInput");

export const samplesSchema = z
  .object({
    events: z.array(z.string()).openapi({
      description:
        "The samples. More than `count` where the filters of the subscriptions, or their accounts, ask for different ones.",
    }),
    subscriptions: z.array(z.string()).openapi({ description: "Who gets them." }),
  })
  .openapi("TriggeredSamples");
