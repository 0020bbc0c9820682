import fc from "fast-check";
import { eventTypes } from "../../src/domain/catalog.js";
import {
  type Subscription,
  type SubscriptionInput,
  subscriptionInputSchema,
} from "../../src/domain/subscription.js";
import { makeSubscription } from "../api/support/fixtures.js";

const types = eventTypes.map(({ type }) => type);
const objects = [...new Set(types.map((type) => `${type.slice(0, type.indexOf("."))}.*`))];
const patterns = fc.array(fc.constantFrom("*", ...types, ...objects), { minLength: 1, maxLength: 8 });

const unit = fc.constantFrom("ms", "s", "m", "h");
const duration = fc.tuple(fc.integer({ min: 1, max: 700 }), unit).map(([n, name]) => `${n}${name}`);
const two = (n: number) => String(n).padStart(2, "0");
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${two(hour)}:${two(minute)}`);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const word = fc.string({ minLength: 1, maxLength: 12 });
const address = fc.stringMatching(/^[a-z]{1,8}@[a-z]{1,8}\.example$/);
const headerName = fc.stringMatching(/^x-[a-zA-Z0-9_]{1,12}$/);
const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);

const channel = fc.oneof(
  fc.record({
    type: fc.constant("webhook"),
    url: fc.constantFrom("https://example.com/hook", "https://example.com/?key=k-1", "http://example.com/#a"),
    format: fc.constantFrom("standard", "cloudevents"),
    headers: fc.dictionary(headerName, headerValue, { maxKeys: 3 }),
    asymmetric: fc.boolean(),
  }),
  fc.record({ type: fc.constant("slack"), url: fc.constant("https://hooks.slack.com/services/T/B/secret") }),
  fc.record({ type: fc.constant("email"), to: fc.array(address, { minLength: 1, maxLength: 4 }) }),
);
const digest = fc.option(
  fc.oneof(
    fc.record({ quiet: duration, max: fc.constant("30d"), events: optional(patterns) }),
    fc.record({ every: duration, events: optional(patterns) }),
    fc.record({ dailyAt: clock, events: optional(patterns) }),
    fc.constant({
      quiet: "2m",
      max: "15m",
      events: ["favorite.*", "download.*", "photo_download.*", "video_download.*"],
    }),
  ),
);
const filter = fc.record({
  collections: optional(fc.array(word, { minLength: 1, maxLength: 5 })),
  clients: optional(fc.array(fc.oneof(address, word), { minLength: 1, maxLength: 5 })),
  amountAtLeast: optional(fc.nat(Number.MAX_SAFE_INTEGER)),
});
const quietHours = fc.record({ from: clock, to: clock, except: fc.oneof(fc.constant([]), patterns) });

/** Whatever a subscription may be, the odd and the plain. */
export const anyInput: fc.Arbitrary<SubscriptionInput> = fc
  .record({
    events: patterns,
    filter: fc.option(filter),
    channel,
    digest,
    quietHours: fc.option(quietHours),
    retry: fc.record({ delays: fc.array(duration, { maxLength: 20 }) }),
    limits: fc.record({
      perSecond: fc.double({ min: 0.01, max: 1_000, noNaN: true }),
      concurrency: fc.integer({ min: 1, max: 50 }),
    }),
    ordered: fc.boolean(),
    description: fc.string({ maxLength: 60 }),
    enabled: fc.boolean(),
    paused: fc.boolean(),
  })
  .map((input) => subscriptionInputSchema.safeParse(JSON.parse(JSON.stringify(input))))
  .filter((result) => result.success)
  .map(({ data }) => data as SubscriptionInput);

/** The same as it is stored. */
export const anySubscription: fc.Arbitrary<Subscription> = anyInput.map((input) =>
  makeSubscription({ ...input, digest: input.digest ?? null }),
);
