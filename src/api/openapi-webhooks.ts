import { eventTypes } from "../domain/catalog.js";
import type { ApiDocument } from "./env.js";

type Webhooks = NonNullable<ApiDocument["webhooks"]>;
type Components = NonNullable<ApiDocument["components"]>;
type Schema = NonNullable<Components["schemas"]>[string];
type OwnSchema = Exclude<Schema, { $ref: string }>;

const text: Schema = { type: "string" };
const parameters = {
  WebhookId: {
    name: "webhook-id",
    in: "header",
    required: true,
    description:
      "The id of the event, or of the delivery for a digest. The same at every attempt: what came already has an id that " +
      "is known already.",
    schema: text,
    example: "evt_7d3k9m2p5q8r1s4tg2h4j6k8m1n3p5q7r9s0",
  },
  WebhookTimestamp: {
    name: "webhook-timestamp",
    in: "header",
    required: true,
    description: "When this attempt was made, in Unix seconds. Refuse what is older than five minutes.",
    schema: text,
    example: "1795169702",
  },
  WebhookSignature: {
    name: "webhook-signature",
    in: "header",
    required: true,
    description:
      "One signature or several, parted by a space; one that is good is enough. `v1,` and the base64 HMAC-SHA256 of " +
      "`webhook-id.webhook-timestamp.body`, with the bytes behind `whsec_` as key; `v1a,` and an ed25519 signature in " +
      "asymmetric mode. Source: Standard Webhooks.",
    schema: text,
    example: "v1,PhfPc6zO2W3nft1kLMygFBp+p1NzHRdp2plyA3vGpCk=",
  },
} satisfies Components["parameters"];

const responses = {
  "2XX": { description: "Taken: nothing more is sent." },
  "410": { description: "Not wanted any more: the subscription is switched off." },
  "429": { description: "Too fast: everything waits for the seconds in `Retry-After`, at most a day." },
  "4XX": { description: "Not taken: tried again later, by the subscription's `retry.delays`." },
  "5XX": {
    description: "Not taken: tried again later. 502, 503 and 504 also slow down what is sent.",
  },
};

function webhook(operationId: string, summary: string, schema: Schema, example: unknown) {
  return {
    post: {
      operationId,
      summary,
      tags: ["Webhooks"],
      security: [],
      parameters: Object.keys(parameters).map((name) => ({ $ref: `#/components/parameters/${name}` })),
      requestBody: { required: true, content: { "application/json": { schema, example } } },
      responses,
    },
  };
}

/** The schema of an event, narrowed to one type and its object. */
function narrow(event: OwnSchema, type: string, object: Schema): Schema {
  const data = event.properties?.data ?? {};
  const properties = "properties" in data ? data.properties : {};
  const narrowed = { ...data, properties: { ...properties, object } };
  return { ...event, properties: { ...event.properties, type: { const: type }, data: narrowed } };
}

const camel = (type: string): string =>
  type.replace(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase());

/** One name for each object schema: events of one kind share theirs, as a rule. */
function nameOf(type: string, schema: object): string {
  const [kind = type] = type.split(".");
  const first = eventTypes.find((entry) => entry.type.startsWith(`${kind}.`));
  return `${camel(first?.schema === schema ? kind : type)}Object`;
}

function digest() {
  const [first, second] = eventTypes;
  const schema: Schema = {
    type: "object",
    required: ["id", "type", "timestamp", "data"],
    properties: {
      id: text,
      type: { const: "digest" },
      timestamp: { type: "string", format: "date-time" },
      data: {
        type: "object",
        required: ["events"],
        properties: { events: { type: "array", items: { $ref: "#/components/schemas/Event" }, minItems: 1 } },
      },
    },
  };
  const example = {
    id: "dlv_4h6j8k1m3n5p7q9rc1d3e5f7g9h2j4k6m8n0",
    type: "digest",
    timestamp: "2026-11-20T10:20:00.000Z",
    data: { events: [first?.example, second?.example] },
  };
  return webhook("onDigest", "Several events in one message: see `digest`.", schema, example);
}

/** Adds to a document what a subscription's webhook receives, of each type in the catalogue. */
export function describeWebhooks(document: ApiDocument): void {
  const components = document.components ?? {};
  const schemas = { ...components.schemas };
  const webhooks: Webhooks = {};
  for (const { type, description, schema, example } of eventTypes) {
    const name = nameOf(type, schema);
    const { $schema: _dialect, ...object } = schema;
    schemas[name] = object;
    const reference = { $ref: `#/components/schemas/${name}` };
    const whole = narrow((schemas.Event ?? {}) as OwnSchema, type, reference);
    webhooks[type] = webhook(`on${camel(type)}`, description, whole, example);
  }
  webhooks.digest = digest();
  document.webhooks = webhooks;
  document.components = { ...components, schemas, parameters: { ...components.parameters, ...parameters } };
}
