import { z } from "@hono/zod-openapi";
import { levels } from "../../domain/finding.js";
import { checkAreas } from "../../services/system.js";
import { answer, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import type { ApiContext } from "../options.js";

const check = z
  .object({
    area: z.enum(checkAreas),
    status: z.enum(levels).openapi({ description: "`problem`: somebody has to do something." }),
    code: z.string().openapi({ description: "Stable: made for scripts." }),
    text: z.string(),
    remedy: z
      .string()
      .nullable()
      .openapi({ description: "What to do; null when there is nothing to be done." }),
  })
  .openapi("Check");

/** The answer, as the doctor reads it too. */
export const diagnosisSchema = z
  .object({
    checkedAt: z.iso.datetime(),
    now: z.iso.datetime().openapi({ description: "The service's clock as it answers." }),
    checks: z.array(check),
  })
  .openapi("Diagnosis");

const get = endpoint({
  method: "get",
  path: "/v1/diagnostics",
  operationId: "diagnose",
  summary: "What is wrong with what the service needs, and what to do",
  description:
    "Looks at Redis, the clocks, the workers, the mail server, the receivers and the data folder, within ten seconds. It " +
    "changes nothing and sends nothing to anyone: receivers are connected to and left again, the mail server is logged in " +
    "to. Whoever asks within ten seconds of another gets the same answer. Accounts and subscriptions tell of themselves.",
  tags: ["Operations"],
  responses: {
    200: answer("What was found.", diagnosisSchema, {
      checkedAt: "2026-11-20T10:15:00.000Z",
      now: "2026-11-20T10:15:04.000Z",
      checks: [
        {
          area: "redis",
          status: "problem",
          code: "redis_not_persistent",
          text: "Redis keeps no append-only file: a crash of Redis loses minutes of work.",
          remedy: "Set appendonly to yes: at once with CONFIG SET, and for good in redis.conf.",
        },
      ],
    }),
  },
});

/** What the service needs, looked at on demand. */
export function registerDiagnostics(app: Api, { services }: ApiContext): void {
  app.openapi(get, async (c) => {
    const { checkedAt, checks } = await services.diagnostics.run();
    const shown = checks.map(({ area, level, code, text, remedy }) => {
      return { area, status: level, code, text, remedy };
    });
    return c.json({ checkedAt, now: new Date(services.diagnostics.now()).toISOString(), checks: shown }, 200);
  });
}
