import { z } from "zod";
import { isKnownPattern, matchesPattern, unknownPattern } from "./catalog.js";
import { durationMs, durationSchema } from "./duration.js";
import { isClient, type PixiehookEvent } from "./event.js";

const eventPattern = z
  .string()
  .refine(isKnownPattern, {
    error: (issue) => unknownPattern(issue.input),
  })
  .meta({ example: "favorite.*" });

const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const headerValue = /^([\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?)?$/;
const reservedHeaders =
  /^(host|connection|content-(length|type|encoding)|transfer-encoding|upgrade|http2-settings|te|trailer|expect|keep-alive|accept-encoding|user-agent|(webhook|svix|proxy)-.*)$/i;
/** Names, values and what stands between them: most servers take 8 kB of headers, ours among them. */
const mostHeaderBytes = 7_168;

/**
 * Whether pixiehook sets this header, or HTTP on its way needs it for itself. An underscore counts as a hyphen,
 * for servers that hand headers on as variables cannot tell them apart; Svix's library prefers `svix-*` to ours.
 */
export function isReservedHeader(name: string): boolean {
  return reservedHeaders.test(name.replaceAll("_", "-"));
}

function headerBytes(headers: Readonly<Record<string, string>>): number {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return lines.join("").length;
}

const headersSchema = z
  .record(
    z
      .string()
      .regex(headerName, "is not a header name")
      .refine((name) => !isReservedHeader(name), "is set by pixiehook and cannot be overridden"),
    z.string().max(4_096).regex(headerValue, "may hold printable ASCII only, and no space at either end"),
  )
  .refine((headers) => Object.keys(headers).length <= 20, "at most 20 headers")
  .refine((headers) => {
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    return new Set(names).size === names.length;
  }, "the same header twice: case makes no difference")
  .refine(
    (headers) => headerBytes(headers) <= mostHeaderBytes,
    `at most ${mostHeaderBytes} bytes of headers in all`,
  );

const channelUrl = z
  .url({
    protocol: /^https?$/,
    error: ({ input }) => `${input === undefined ? "is required:" : "must be"} an http or https URL`,
  })
  .max(2_048)
  .refine((text) => {
    // Refinements also see what the check before them refused.
    if (!URL.canParse(text)) return true;
    const url = new URL(text);
    return url.username === "" && url.password === "";
  }, "must not carry a user name or password: use a header instead");

const webhookChannel = z.strictObject({
  type: z.literal("webhook"),
  url: channelUrl,
  format: z
    .enum(["standard", "cloudevents"])
    .default("standard")
    .meta({ description: "The event as it is, or as a CloudEvent." }),
  headers: headersSchema.default({}).meta({
    description: "Sent along with each request: at most 20, `Authorization` too. Values are not shown again.",
  }),
  asymmetric: z
    .boolean()
    .default(false)
    .meta({ description: "Sign with ed25519, which `publicKey` verifies, in place of a shared secret." }),
});
const slackChannel = z.strictObject({ type: z.literal("slack"), url: channelUrl });
const emailChannel = z.strictObject({ type: z.literal("email"), to: z.array(z.email()).min(1).max(20) });

export const channelSchema = z.discriminatedUnion("type", [webhookChannel, slackChannel, emailChannel]);
export type ChannelSettings = z.output<typeof channelSchema>;
export type ChannelType = ChannelSettings["type"];
export const channelTypes = ["webhook", "slack", "email"] as const satisfies readonly ChannelType[];

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day such as 08:00")
  .meta({ example: "18:00" });

/** Refinements also see what the checks before them refused: durations that are none are told there. */
const fits = ({ quiet, max }: { quiet: string; max: string }) =>
  ![quiet, max].every((text) => durationSchema.safeParse(text).success) ||
  durationMs(quiet) <= durationMs(max);

/** `events` narrows a digest to some types; the rest go out one by one. */
const digestEvents = { events: z.array(eventPattern).min(1).max(50).optional() };
export const digestSchema = z.union(
  [
    z
      .strictObject({ quiet: durationSchema, max: durationSchema, ...digestEvents })
      .refine(fits, "quiet must not be longer than max"),
    z.strictObject({ every: durationSchema, ...digestEvents }),
    z.strictObject({ dailyAt: clockTime, ...digestEvents }),
  ],
  { error: 'must be null, {"quiet": "5m", "max": "30m"}, {"every": "1h"} or {"dailyAt": "18:00"}' },
);
export type Digest = z.output<typeof digestSchema>;

export const filterSchema = z.strictObject({
  collections: z
    .array(z.string().min(1).max(64))
    .min(1)
    .max(1_000)
    .optional()
    .meta({ description: "In one of the collections with these ids.", example: ["90516387"] }),
  clients: z
    .array(z.string().min(1).max(320))
    .min(1)
    .max(1_000)
    .optional()
    .meta({
      description: "By one of these clients: ids or e-mail addresses.",
      example: ["jane@example.com"],
    }),
  amountAtLeast: z
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ description: "Of this amount or more, in the smallest unit of the currency.", example: 50_000 }),
});

export const quietHoursSchema = z
  .strictObject({
    from: clockTime,
    to: clockTime,
    except: z.array(eventPattern).max(50).default([]),
  })
  .refine(({ from, to }) => from !== to, "from and to must differ: quiet hours cannot last all day");
export type QuietHours = z.output<typeof quietHoursSchema>;

const retrySchema = z.strictObject({ delays: z.array(durationSchema).max(20) });
const perSecond = z.number().min(0.01).max(1_000);
const concurrency = z.number().int().min(1).max(50);
const limitsSchema = z.strictObject({
  perSecond: perSecond.default(20),
  concurrency: concurrency.default(10),
});
const limitsPatchSchema = z.strictObject({ perSecond, concurrency }).partial();

/** The waits between attempts, after the first. */
export const defaultRetryDelays = ["5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"];

const settings = {
  account: z
    .string()
    .nullable()
    .meta({ description: "Only events of this account. Null: of every account." }),
  events: z
    .array(eventPattern)
    .min(1)
    .max(50)
    .meta({
      description: "Types of events: names, `object.*` or `*`.",
      example: ["favorite.*", "invoice.paid"],
    }),
  filter: filterSchema.nullable().meta({ description: "Only events that fit all of these." }),
  channel: channelSchema.meta({ description: "Where they are sent." }),
  digest: digestSchema.nullable().meta({
    description:
      "Several events in one message. `quiet`: after so long without another, `max` at the latest. `every`: once in so long. " +
      "`dailyAt`: at that time of day. Null: each event by itself. Left out, Slack and email collect favorites and " +
      "downloads for 2 minutes, 15 at most.",
  }),
  quietHours: quietHoursSchema.nullable().meta({
    description:
      "Times of day between which nothing is sent, but for the types in `except`; it is sent afterwards.",
  }),
  retry: retrySchema.meta({
    description: "How long to wait before each further attempt, each time 20 % more or less.",
  }),
  limits: limitsSchema.meta({ description: "How many deliveries a second, and how many at once." }),
  ordered: z
    .boolean()
    .meta({ description: "Whether what happened to one object is delivered in order, one after another." }),
  description: z.string().max(500).meta({ description: "A note for people." }),
  enabled: z.boolean().meta({ description: "Whether events are matched and sent at all." }),
  paused: z.boolean().meta({ description: "While it is, deliveries are collected and not sent." }),
};

export const subscriptionInputSchema = z.strictObject({
  account: settings.account.default(null),
  events: settings.events,
  filter: settings.filter.default(null),
  channel: settings.channel,
  digest: settings.digest.optional(),
  quietHours: settings.quietHours.default(null),
  retry: settings.retry.default({ delays: defaultRetryDelays }),
  limits: settings.limits.default({ perSecond: 20, concurrency: 10 }),
  ordered: settings.ordered.default(false),
  description: settings.description.default(""),
  enabled: settings.enabled.default(true),
  paused: settings.paused.default(false),
});
export type SubscriptionInput = z.output<typeof subscriptionInputSchema>;

export const subscriptionPatchSchema = z
  .strictObject({ ...settings, limits: limitsPatchSchema })
  .omit({ account: true })
  .partial();
export type SubscriptionPatch = z.output<typeof subscriptionPatchSchema>;

/** Who wants which events, through which channel. */
export interface Subscription extends Omit<SubscriptionInput, "digest"> {
  readonly id: string;
  readonly digest: Digest | null;
  /** Why pixiehook itself switched it off; null while it did not. */
  readonly disabledReason: string | null;
  /** What verifies its signatures in asymmetric mode (`whpk_…`); null otherwise. */
  readonly publicKey: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a subscription signs with: the current secret, and beside it those that it replaced until their times. */
export interface SigningSecrets {
  readonly current: string;
  /** The newest first. */
  readonly previous: readonly { readonly secret: string; readonly until: string }[];
}

/** So many secrets sign at once at most: rotated more often, the oldest stops early and headers stay short. */
const mostSecrets = 5;

/** Every secret that signs at this time (ms), the current one first. */
export function secretsAt({ current, previous }: SigningSecrets, now: number): string[] {
  return [current, ...previous.filter(({ until }) => Date.parse(until) > now).map(({ secret }) => secret)];
}

/**
 * Puts a new secret in the place of the current one, which signs on until `until`. Whatever was replaced earlier
 * keeps its time, but never beyond `until`: from then on the new secret signs alone.
 */
export function rotateSecrets(
  { current, previous }: SigningSecrets,
  secret: string,
  { now, until }: { readonly now: number; readonly until: string },
): SigningSecrets {
  const earlier = previous.map((one) =>
    Date.parse(one.until) < Date.parse(until) ? one : { ...one, until },
  );
  const valid = [{ secret: current, until }, ...earlier].filter((one) => Date.parse(one.until) > now);
  return { current: secret, previous: valid.slice(0, mostSecrets - 1) };
}

/** How many deliveries a second it may be sent: Slack allows one message a second. */
export function mostPerSecond({ channel, limits }: Pick<Subscription, "channel" | "limits">): number {
  return channel.type === "slack" ? Math.min(1, limits.perSecond) : limits.perSecond;
}

/** Bursts of favorites and downloads come as one message to people, one by one to programs. */
export function defaultDigest(channel: ChannelType): Digest | null {
  if (channel === "webhook") return null;
  const events = ["favorite.*", "download.*", "photo_download.*", "video_download.*"];
  return { quiet: "2m", max: "15m", events };
}

/** Whether the subscription wants this event. Clients match by id or by e-mail address, in any case. */
export function wantsEvent(
  subscription: Pick<Subscription, "id" | "account" | "events" | "filter" | "enabled">,
  event: PixiehookEvent,
): boolean {
  const { account, collection, client, object } = event.data;
  if (!subscription.enabled) return false;
  if (subscription.account !== null && subscription.account !== account.id) return false;
  if (!subscription.events.some((pattern) => matchesPattern(pattern, event.type))) return false;
  // What happened to a subscription is told through the others, or a failing one would feed itself.
  if (event.data.detected.resource === "service" && object.subscription === subscription.id) return false;
  const { filter } = subscription;
  if (filter?.collections && !filter.collections.includes(collection?.id ?? "")) return false;
  if (filter?.clients && !filter.clients.some((wanted) => isClient(client, wanted))) return false;
  if (filter?.amountAtLeast !== undefined) {
    if (typeof object.amount !== "number" || object.amount < filter.amountAtLeast) return false;
  }
  return true;
}

/** The digest that applies to an event of this type, or null when it goes out by itself. */
export function digestFor(subscription: Pick<Subscription, "digest">, type: string): Digest | null {
  const { digest } = subscription;
  if (digest?.events && !digest.events.some((pattern) => matchesPattern(pattern, type))) return null;
  return digest;
}
