import { z } from "@hono/zod-openapi";
import { sessionForms, sessionInputSchema } from "../../domain/account.js";
import type { PollReport } from "../../services/accounts.js";
import type { Refusal } from "../../services/shared.js";
import { answer, body, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import { unlessRefused } from "../failures.js";
import type { ApiContext } from "../options.js";
import { notFound } from "../problem.js";
import { sessionSchema, viewSession } from "../schemas/account.js";
import { idParam } from "../schemas/common.js";

const tags = ["Accounts"];
const params = idParam(examples.account.id);

// Built anew, so that it carries a name in the OpenAPI document.
const sessionInput = z.union(sessionInputSchema.options, { error: sessionForms }).openapi("SessionInput");

const renew = endpoint(
  {
    method: "put",
    path: "/v1/accounts/{id}/session",
    operationId: "renewSession",
    summary: "Renew an account's session",
    description:
      "Takes cookies as a Cookie header, a Netscape `cookies.txt`, a browser's JSON export or a pasted " +
      "“Copy as cURL”; which one is told by its content. They are tried first, and stored when Pixieset accepts them. " +
      "Or takes `email` and `password`, as when the account is created: whoever hands them over opts in to being " +
      "signed in again by them when the session ends. Cookies leave stored credentials as they are.",
    tags,
    request: {
      params,
      body: body(sessionInput, {
        cookies: "PIXIESET_SESSION=…; XSRF=…",
      }),
    },
    responses: { 200: answer("Pixieset accepts the session.", sessionSchema, examples.session) },
  },
  ["not_found", "session_rejected", "session_unreadable", "login_not_configured", "upstream_unreachable"],
);

const pollReport = z
  .object({
    polled: z.number().int(),
    changed: z.number().int(),
    events: z.number().int(),
    failed: z.array(z.object({ source: z.string(), reason: z.string() })),
  })
  .openapi("PollReport");
const queuedPoll = z.object({ sources: z.number().int() }).openapi("QueuedPoll");

const poll = endpoint(
  {
    method: "post",
    path: "/v1/accounts/{id}/poll",
    operationId: "pollAccount",
    summary: "Poll an account now",
    description:
      "Asks for discovery and every wanted source, within the account's request budget. With `wait=true` the " +
      "answer comes when everything is committed, or after 5 minutes as 202: the work goes on either way.",
    tags,
    request: {
      params,
      query: z.strictObject({
        wait: z
          .enum(["true", "false"])
          .default("false")
          .openapi({ description: "Whether to wait for the end.", example: "true" }),
      }),
    },
    responses: {
      200: answer("Done and committed.", pollReport, { polled: 12, changed: 1, events: 3, failed: [] }),
      202: answer("Asked for; it runs.", queuedPoll, { sources: 12 }),
    },
  },
  ["not_found", "session_inactive", "browser_away", "upstream_unreachable"],
);

/** What needs the upstream at once: a session to be tried, a poll to be run. */
export function registerSessions(app: Api, { services, signal, pollWaitMs }: ApiContext): void {
  const { accounts } = services;

  app.openapi(renew, async (c) => {
    const { id } = c.req.valid("param");
    const result = await accounts.renewSession(id, c.req.valid("json"));
    if (!result) throw notFound("account", id);
    return c.json(viewSession(unlessRefused(result).session), 200);
  });

  app.openapi(poll, async (c) => {
    const { id } = c.req.valid("param");
    const queued = await accounts.requestPoll(id);
    if (!queued) throw notFound("account", id);
    const { sources, ticket } = unlessRefused(queued);
    let report: PollReport | Refusal | null = null;
    if (c.req.valid("query").wait === "true") {
      // Not `AbortSignal.timeout`: Node 20 may collect one that only `any` knows, and it never fires.
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), pollWaitMs);
      const ended = AbortSignal.any([signal, c.req.raw.signal, late.signal]);
      report = await accounts.waitForPoll(id, ticket, ended).finally(() => clearTimeout(timer));
    }
    if (!report) return c.json({ sources }, 202);
    const { polled, changed, events, failed } = unlessRefused(report);
    return c.json({ polled, changed, events, failed: [...failed] }, 200);
  });
}
