import { describe, expect, it } from "vitest";
import {
  eventTypes,
  findEventType,
  isKnownPattern,
  matchesPattern,
  resourcesFor,
} from "../../src/domain/catalog.js";
import { accountOf } from "../../src/domain/ids.js";
import { isJsonObject } from "../../src/domain/json.js";
import { resourceNames } from "../../src/domain/record.js";

const promised =
  `favorite.added favorite.removed favorite.updated download.created download.completed download.failed
photo_download.created video_download.created video_download.completed video_download.failed sharing_link.created
sharing_link.updated sharing_link.removed sharing_link.expired photo.starred photo.unstarred collection.created
collection.updated collection.removed invoice.created invoice.sent invoice.paid invoice.partially_paid invoice.overdue
invoice.cancelled invoice.updated invoice.removed payment.created payment.completed payment.pending payment.failed
payment.disputed payment.refunded payment.updated client.created client.updated client.removed contract.created
contract.updated contract.signed questionnaire.created questionnaire.updated questionnaire.completed quote.created
quote.updated quote.accepted session.expired session.challenged session.restored source.failing source.recovered
source.shape_changed flood.held subscription.failing subscription.disabled
delivery.failed`.split(/\s+/);

describe("the catalogue", () => {
  it.each(promised)("holds %s", (type) => expect(findEventType(type)?.type).toBe(type));

  it("names every type once", () => {
    const names = eventTypes.map((entry) => entry.type);
    expect(new Set(names).size).toBe(names.length);
  });

  it("gives every resource at least one type", () => {
    expect(resourcesFor(["*"])).toEqual([...resourceNames]);
  });

  it.each(eventTypes.map((entry) => [entry.type, entry] as const))(
    "shows %s as a whole event whose object has exactly the keys of its schema",
    (type, { example, schema, resource }) => {
      expect(example.type).toBe(type);
      expect(accountOf(String(example.id))).toMatch(/^acc_/);
      const data = example.data;
      if (!isJsonObject(data) || !isJsonObject(data.object) || !isJsonObject(schema.properties)) {
        throw new Error("not a whole event");
      }
      expect(Object.keys(data)).toEqual([
        "account",
        "collection",
        "client",
        "object",
        "previous",
        "detected",
      ]);
      expect(Object.keys(data.object).sort()).toEqual(Object.keys(schema.properties).sort());
      expect(schema.required).toEqual(Object.keys(schema.properties));
      expect(data.detected).toMatchObject({ resource, backfill: false });
    },
  );

  it("gives every example an id of its own", () => {
    expect(new Set(eventTypes.map((entry) => entry.example.id)).size).toBe(eventTypes.length);
  });
});

describe("patterns", () => {
  it("cover exact names, object.* and *", () => {
    expect(matchesPattern("favorite.*", "favorite.added")).toBe(true);
    expect(matchesPattern("favorite.*", "favorites.added")).toBe(false);
    expect(matchesPattern("invoice.paid", "invoice.partially_paid")).toBe(false);
    expect(matchesPattern("*", "flood.held")).toBe(true);
    expect(isKnownPattern("unknown.*")).toBe(false);
  });

  it("tell which resources must be polled", () => {
    expect(resourcesFor(["payment.*", "favorite.added", "session.expired"])).toEqual([
      "favorites",
      "payments",
    ]);
  });
});

it("favorites are spelt as Pixieset spells them", () => {
  const told = eventTypes.map(({ type, description }) => `${type}: ${description}`).join("\n");
  expect(told).toContain("favorite list");
  expect(told).not.toMatch(/favourit/i);
});
