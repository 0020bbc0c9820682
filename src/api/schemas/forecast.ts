import { z } from "@hono/zod-openapi";
import { resourceNames } from "../../domain/record.js";
import type { ForecastView } from "../../services/accounts.js";

const delay = "Mean time between a change and its event, over all changes that are expected.";

const optionSchema = z
  .object({
    requestsPerMinute: z.number(),
    usedRequestsPerMinute: z.number().openapi({
      description:
        "Less than `requestsPerMinute` where it would be more than `minIntervalSeconds` lets be used.",
    }),
    expectedDelaySeconds: z.number().nullable().openapi({ description: delay }),
    keepsMaxInterval: z
      .boolean()
      .openapi({ description: "Whether every source is polled within `maxIntervalMinutes`." }),
  })
  .openapi("BudgetOption");

export const forecastSchema = z
  .object({
    requestsPerMinute: z.number().openapi({ description: "What `polling` allows." }),
    effectiveRequestsPerMinute: z
      .number()
      .openapi({ description: "What is possible just now: the rest of the forecast counts with it." }),
    sources: z.number().int().openapi({ description: "Sources that the forecast is about." }),
    waiting: z.number().int().openapi({ description: "Sources that were not read yet: not part of it." }),
    appointed: z.number().int().openapi({
      description: "Sources that have an appointment, after a failure or for a second look: not part of it.",
    }),
    usedRequestsPerMinute: z
      .number()
      .nullable()
      .openapi({ description: "Requests a minute that are used; null while nothing is known." }),
    expectedDelaySeconds: z
      .number()
      .nullable()
      .openapi({
        description: `${delay} Null while nothing is polled, because the session is not active, or was read yet.`,
      }),
    keepsMaxInterval: z.boolean().nullable().openapi({
      description: "Whether every source is polled within `maxIntervalMinutes`; null while nothing is known.",
    }),
    requestsPerMinuteForMaxInterval: z
      .number()
      .nullable()
      .openapi({ description: "The least that keeps to `maxIntervalMinutes`; null while nothing is known." }),
    byResource: z.array(
      z.object({
        resource: z.enum(resourceNames),
        sources: z.number().int(),
        expectedDelaySeconds: z.number().nullable(),
      }),
    ),
    options: z.array(optionSchema).openapi({
      description:
        "What other budgets would buy at full pace: half of what was set, what was set, twice and four times as much. " +
        "Empty while nothing is known.",
    }),
  })
  .openapi("Forecast");

/** A forecast as it is shown. */
export function viewForecast(forecast: ForecastView): z.output<typeof forecastSchema> {
  const { byResource, options, ...figures } = forecast;
  return { ...figures, byResource: [...byResource], options: [...options] };
}
