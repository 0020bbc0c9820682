import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { endpoint } from "../endpoint.js";
import type { Api, ApiEnv } from "../env.js";
import type { ApiContext } from "../options.js";
import { AskPage, DonePage, InvalidPage, unsubscribePolicy } from "../unsubscribe-page.js";

const path = "/unsubscribe/{subscription}/{token}";
const open: { security: [] } = { security: [] };
const params = z.object({
  subscription: z.string().openapi({ description: "The id of a subscription." }),
  token: z.string().openapi({ description: "Names the recipient; it stands in each mail." }),
});
const page = (description: string, title: string) => ({
  description,
  content: { "text/html": { schema: z.string(), example: `<!doctype html> … <h1>${title}</h1> …` } },
});
const invalid = page("The link is not one of ours, or is too old.", "This link is not valid any more");

const ask = endpoint({
  method: "get",
  path,
  operationId: "askUnsubscribe",
  summary: "The page behind a mail's unsubscribe link",
  description: "Shows a button. It changes nothing, because mail scanners follow links.",
  tags: ["Unsubscribe"],
  ...open,
  request: { params },
  responses: { 200: page("A page with a button.", "Stop these emails?"), 404: invalid },
});

const leave = endpoint({
  method: "post",
  path,
  operationId: "unsubscribe",
  summary: "Take a recipient off a subscription",
  description:
    "One-click unsubscribe of RFC 8058: mail programs send `List-Unsubscribe=One-Click` as a form. Doing it twice is the same as once. The last recipient that leaves switches the subscription off.",
  tags: ["Unsubscribe"],
  ...open,
  request: { params },
  responses: { 200: page("The recipient gets no more mail.", "You are unsubscribed"), 404: invalid },
});

/** Links in mails: no token of the API, no cookie, no form token; the link itself is the permission. */
export function registerUnsubscribe(app: Api, { services }: ApiContext): void {
  const { subscriptions } = services;
  const answer = async (c: Context<ApiEnv>, html: unknown, status: ContentfulStatusCode) => {
    c.header("content-security-policy", unsubscribePolicy);
    c.header("x-robots-tag", "noindex");
    return c.html(`<!doctype html>${await html}`, status);
  };

  app.openAPIRegistry.registerPath(ask);
  app.get(ask.getRoutingPath(), async (c) => {
    // The token is not tried here: whether it is good shows when it is used.
    const known = await subscriptions.get(c.req.param("subscription"));
    return known ? answer(c, <AskPage />, 200) : answer(c, <InvalidPage />, 404);
  });

  app.openAPIRegistry.registerPath(leave);
  app.post(leave.getRoutingPath(), async (c) => {
    const { subscription, token } = c.req.param();
    const left = await subscriptions.unsubscribe(subscription, token);
    return left ? answer(c, <DonePage recipient={left.recipient} />, 200) : answer(c, <InvalidPage />, 404);
  });
}
