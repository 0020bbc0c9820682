import type { Api, ApiDocument } from "./env.js";
import { describeHeaders } from "./openapi-headers.js";
import { describeWebhooks } from "./openapi-webhooks.js";

const description = `pixiehook turns a Pixieset account into webhooks, Slack alerts and emails.

Everything is JSON. Send the API token as \`Authorization: Bearer TOKEN\`. Lists answer \`data\` and \`next\`; hand \`next\` back in \`after\` for the page behind. A POST with an \`Idempotency-Key\` that is sent again within a day gets the same answer and is done once. Each token may make so many requests a minute: \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\` (seconds) say how many, how many are left and when all are back. Every answer has an \`x-request-id\`; the log lines of that request carry it too.`;

const tags = [
  { name: "Accounts", description: "The Pixieset logins that are watched, and what is polled of them." },
  { name: "Events", description: "Every difference that was found, stated once and never changed." },
  { name: "Event types", description: "The catalogue: which events there are and how they look." },
  { name: "Subscriptions", description: "Who wants which events, through which channel." },
  { name: "Deliveries", description: "What was sent, and what came of every attempt." },
  { name: "Tokens", description: "What opens this API: one for each program, to end each by itself." },
  {
    name: "Companions",
    description:
      "For the companion in a user's browser, which hands over the session of one account and reads for it. The token " +
      "that it gets by pairing opens these addresses and nothing else, and no API token opens them.",
  },
  { name: "Unsubscribe", description: "What links in mails lead to. No API token needed." },
  { name: "Webhooks", description: "What pixiehook posts to the `url` of a webhook subscription, signed." },
  {
    name: "Operations",
    description: "For machines that look after the program. All but the diagnostics need no token.",
  },
];

/** The OpenAPI 3.1 description of everything that is registered on `app`. */
export function describeApi(app: Api, options: { publicUrl: string; version: string }): ApiDocument {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "pixiehook",
      version: options.version,
      description,
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    servers: [{ url: options.publicUrl }],
    tags,
    security: [{ token: [] }],
  });
  describeHeaders(document);
  describeWebhooks(document);
  return document;
}
