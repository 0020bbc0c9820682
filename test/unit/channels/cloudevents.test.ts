import { describe, expect, it } from "vitest";
import { z } from "zod";
import { webhookRequest } from "../../../src/channels/webhook.js";
import type { ChannelSettings } from "../../../src/domain/subscription.js";
import { eventLike, everyExample, example, favorites, messageOf } from "./messages.js";

const settings: ChannelSettings = {
  type: "webhook",
  url: "https://example.com/hook",
  format: "cloudevents",
  headers: {},
  asymmetric: false,
};

/** No control characters, half surrogates or noncharacters, and something at all: spec 1.0.2, "Type System". */
const string = z
  .string()
  .min(1)
  .regex(/^[^\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]*$/u);
/** A URI-reference of RFC 3986: nothing that would have to be escaped. */
const reference = string.regex(/^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/);
/** Attribute names are lower-case letters and digits: whatever else stands there would be an extension. */
const attributeName = /^[a-z0-9]{1,20}$/;

/** A CloudEvent in the JSON format, as specification and format 1.0.2 describe it. */
const cloudEvent = z.strictObject({
  specversion: z.literal("1.0"),
  id: string,
  source: reference,
  type: string.regex(/^pixiehook\.[a-z_]+(\.[a-z_]+)?$/),
  time: z.iso.datetime({ offset: true }),
  datacontenttype: z.literal("application/json"),
  subject: string.optional(),
  data: z.record(z.string(), z.unknown()),
});

const read = (text: string) => cloudEvent.parse(JSON.parse(text));

describe("CloudEvents", () => {
  it.each(everyExample)("$type is one, by the specification", (event) => {
    const { body, headers } = webhookRequest(messageOf([event], settings), "1");
    const cloud = read(body);
    for (const name of Object.keys(cloud)) expect(name).toMatch(attributeName);
    // Its type of media is what tells a receiver the mode: structured, JSON, and always UTF-8.
    expect(headers["content-type"]).toBe("application/cloudevents+json");
    expect(cloud).toMatchObject({ id: event.id, type: `pixiehook.${event.type}`, time: event.timestamp });
    expect(cloud.data).toEqual(event.data);
    expect(cloud.subject).toBe(event.data.object.id ?? undefined);
  });

  it("tells a digest as one event that holds whole events: a batch may be sent only to those who asked", () => {
    const events = favorites(3);
    const { body, headers } = webhookRequest(messageOf(events, settings), "1");
    const cloud = read(body);
    expect(headers["content-type"]).toBe("application/cloudevents+json");
    expect(cloud).toMatchObject({ id: "dlv_test", type: "pixiehook.digest" });
    expect(cloud.subject).toBeUndefined();
    expect(cloud.data).toEqual({ events });
  });

  it.each(["", "line\nbreak", "\u0000", "\ud800", 7, null])(
    "has no subject where the object's id is %j",
    (id) => {
      const event = eventLike("favorite.added", { object: { id } });
      const cloud = read(webhookRequest(messageOf([event], settings), "1").body);
      expect(cloud).not.toHaveProperty("subject");
    },
  );

  it("has the same source for all events of an account, and none is another's", () => {
    const [first, second] = [example("favorite.added"), example("invoice.paid")].map(
      (event) => read(webhookRequest(messageOf([event], settings), "1").body).source,
    );
    expect(first).toBe(`/accounts/${example("favorite.added").data.account.id}`);
    expect(second).toBe(`/accounts/${example("invoice.paid").data.account.id}`);
  });
});
