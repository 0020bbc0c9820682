import { z } from "@hono/zod-openapi";
import { messageOf } from "../../errors.js";
import { answer, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import type { ApiContext } from "../options.js";

const tags = ["Operations"];
const open: { security: [] } = { security: [] };

const health = endpoint({
  method: "get",
  path: "/healthz",
  operationId: "health",
  summary: "Whether the process lives",
  description: "Asks nothing of Redis: restart the process only when this fails.",
  tags,
  ...open,
  responses: {
    200: answer("It lives.", z.object({ status: z.literal("ok"), version: z.string() }).openapi("Health"), {
      status: "ok",
      version: "1.0.0",
    }),
  },
});

const readiness = z.object({ ok: z.boolean(), problems: z.array(z.string()) }).openapi("Readiness");

const ready = endpoint({
  method: "get",
  path: "/readyz",
  operationId: "ready",
  summary: "Whether requests can be served and work is done",
  tags,
  ...open,
  responses: {
    200: answer("All is well.", readiness, { ok: true, problems: [] }),
    503: answer("Something is not; each problem is a sentence.", readiness, {
      ok: false,
      problems: ["Redis cannot be reached."],
    }),
  },
});

const metrics = endpoint({
  method: "get",
  path: "/metrics",
  operationId: "metrics",
  summary: "Metrics for Prometheus",
  tags,
  ...open,
  responses: {
    200: {
      description: "Prometheus text format.",
      content: {
        "text/plain": { schema: z.string(), example: "pixiehook_events_total 42\n" },
      },
    },
  },
});

/** What machines ask of a running program. */
export function registerOperations(app: Api, { services, version }: ApiContext): void {
  app.openapi(health, (c) => c.json({ status: "ok" as const, version }, 200));

  app.openapi(ready, async (c) => {
    try {
      const { ok, problems } = await services.health.ready();
      return ok
        ? c.json({ ok, problems: [...problems] }, 200)
        : c.json({ ok, problems: [...problems] }, 503, { "retry-after": "5" });
    } catch (error) {
      c.get("log").warn({ reason: messageOf(error) }, "readiness could not be told");
      return c.json({ ok: false, problems: ["The store cannot be reached."] }, 503, { "retry-after": "5" });
    }
  });

  app.openapi(metrics, async (c) =>
    c.text(await services.health.metrics(), 200, {
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
    }),
  );
}
