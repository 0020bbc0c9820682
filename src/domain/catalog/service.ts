import { deliveryId, eventId, hashOf, sourceId } from "../ids.js";
import {
  disabledSubscriptionSchema,
  failedDeliverySchema,
  failingSubscriptionSchema,
  floodSchema,
  sessionSchema,
  sourceSchema,
} from "../objects.js";
import { describeEvents, sampleAccount, sampleCollection, sampleSubscription } from "./entry.js";

const own = { resource: "service" as const, client: null, collection: null };
const user = { name: "Smith Studio", email: "studio@example.com" };
const source = sourceId(sampleAccount.id, "favorites", sampleCollection.id);
const event = eventId(sampleAccount.id, {
  resource: "favorites",
  scope: sampleCollection.id,
  key: "88120034",
  epoch: 1,
  revision: 1,
  type: "favorite.added",
});

/** What pixiehook says of itself. */
export const serviceEvents = [
  ...describeEvents({
    ...own,
    object: "session",
    schema: sessionSchema,
    sample: { status: "active", reason: null, user, by: null },
    verbs: {
      expired: [
        "Pixieset no longer accepts the session: polling waits until it works again.",
        { status: "expired", reason: "The upstream answered 401" },
      ],
      challenged: [
        "Pixieset asks whether a person is there: polling waits for new cookies.",
        { status: "challenged", reason: "The upstream answered with a bot challenge" },
      ],
      restored: ["The session works again and polling goes on.", { by: "cookies" }],
    },
  }),
  ...describeEvents({
    ...own,
    object: "source",
    collection: sampleCollection,
    schema: sourceSchema,
    sample: {
      source,
      resource: "favorites",
      status: "failing",
      failures: 5,
      reason: "The upstream answered 500",
    },
    verbs: {
      failing: ["A list could not be read several times in a row."],
      recovered: ["A list can be read again.", { status: "active", failures: 0, reason: null }],
      shape_changed: [
        "A list is written otherwise than before: in a form that pixiehook does not know, with a field that changes " +
          "by itself, or with ids that are none. `reason` says which; nothing was concluded from that alone.",
        { reason: "The body holds no list of favorites" },
      ],
    },
  }),
  ...describeEvents({
    ...own,
    object: "flood",
    collection: sampleCollection,
    schema: floodSchema,
    sample: {
      hold: `hold_${hashOf([source, 1])}`,
      source,
      resource: "favorites",
      count: 1_204,
      threshold: 200,
    },
    verbs: { held: ["One poll found so many changes that they are held until someone releases them."] },
  }),
  ...describeEvents({
    ...own,
    object: "subscription",
    schema: failingSubscriptionSchema,
    sample: {
      subscription: sampleSubscription,
      description: "Studio CRM",
      channel: "webhook",
      since: "2026-11-19T10:15:00.000Z",
      attempts: 48,
      error: "The endpoint answered 500",
      disablesAt: "2026-11-24T10:15:00.000Z",
    },
    verbs: {
      failing: [
        "Nothing but failures for a day: nothing could be delivered to a subscription since `since`, and it will be " +
          "switched off at `disablesAt` unless something arrives before.",
      ],
    },
  }),
  ...describeEvents({
    ...own,
    object: "subscription",
    schema: disabledSubscriptionSchema,
    sample: {
      subscription: sampleSubscription,
      description: "Studio CRM",
      channel: "webhook",
      reason: "The endpoint answered 410 Gone",
    },
    verbs: { disabled: ["A subscription was switched off because nothing could be delivered to it."] },
  }),
  ...describeEvents({
    ...own,
    object: "delivery",
    schema: failedDeliverySchema,
    sample: {
      delivery: deliveryId(sampleSubscription, event),
      subscription: sampleSubscription,
      channel: "webhook",
      events: [event],
      attempts: 10,
      error: "The endpoint answered 500",
    },
    verbs: { failed: ["A delivery used up its attempts. It stays listed and can be sent again."] },
  }),
];
