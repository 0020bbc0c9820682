import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { eventTypes, findEventType } from "../../../src/domain/catalog.js";
import { type PixiehookEvent, thaw } from "../../../src/domain/event.js";
import { isJsonObject, type JsonObject } from "../../../src/domain/json.js";
import { namesNear } from "../../../src/domain/near.js";
import { isMeantFor, makeSample, makeSamples, whyNever } from "../../../src/domain/sample.js";
import { type Subscription, wantsEvent } from "../../../src/domain/subscription.js";
import { makeSubscription } from "../../api/support/fixtures.js";

const account = { id: "acc_7d3k9m2p5q8r1s4t", name: "Real Studio" };
const now = "2027-03-05T08:00:00.000Z";
const setting = { account, now, nonce: "one" };

function entryOf(type: string) {
  const entry = findEventType(type);
  if (!entry) throw new Error(`no such type: ${type}`);
  return entry;
}

const wanting = (filter: Subscription["filter"], id = "sub_a") => makeSubscription({ id, filter });
const sample = (type: string, filter: Subscription["filter"] = null, more: object = {}): PixiehookEvent =>
  makeSample(entryOf(type), [wanting(filter)], { ...setting, ...more });

const few = (...texts: string[]) => fc.uniqueArray(fc.constantFrom(...texts), { minLength: 1 });
const filters = fc.option(
  fc.record(
    {
      collections: few("90516387", "1", "2", "3"),
      clients: few("jane@example.com", "Tom@Example.com", "cl_1", "4411"),
      amountAtLeast: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    },
    { requiredKeys: [] },
  ),
) as fc.Arbitrary<Subscription["filter"]>;

test("whatever type and filters: each subscription gets as many as asked for, all of which it would have wanted", () => {
  const property = fc.property(
    fc.constantFrom(...eventTypes),
    fc.array(filters, { maxLength: 4 }),
    fc.integer({ min: 1, max: 3 }),
    (entry, wished, count) => {
      const all = wished.map((filter, index) => wanting(filter, `sub_${index}`));
      const able = all.filter((each) => whyNever(each, entry) === null);
      const samples = makeSamples(entry, able, count, setting);
      expect(new Set(samples.map(({ id }) => id)).size).toBe(samples.length);
      for (const subscription of able) {
        const own = samples.filter((each) => isMeantFor(subscription, each, thaw(each)));
        expect(own).toHaveLength(count);
        for (const each of own) expect(wantsEvent(subscription, thaw(each)), each.body).toBe(true);
      }
      // Who cannot get it, could not get the real thing either: its filter asks for what such events lack.
      for (const subscription of all.filter((each) => !able.includes(each)))
        expect(wantsEvent(subscription, makeSample(entry, [subscription], setting))).toBe(false);
      expect(samples.length).toBeGreaterThanOrEqual(count);
    },
  );
  fc.assert(property, { numRuns: 400 });
});

/** Keys at every depth, and the kinds of what stands there. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (!isJsonObject(value)) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]));
}

test("a sample of any type has the shape of the catalogue's example, and a mark", () => {
  for (const entry of eventTypes) {
    const { data, ...head } = makeSample(entry, [], setting);
    const example = entry.example as unknown as PixiehookEvent;
    const { sample: mark, ...detected } = data.detected;
    expect(mark, entry.type).toBe(true);
    const collection = entry.resource === "service" ? null : example.data.collection;
    expect(shapeOf({ ...head, data: { ...data, detected } }), entry.type).toEqual(
      shapeOf({ ...example, data: { ...example.data, collection } }),
    );
    expect(Object.keys(data)).toEqual(Object.keys(example.data));
  }
});

describe("a sample", () => {
  it("is of the account and of now, its times as far apart as the example's", () => {
    const { timestamp, data } = sample("favorite.added");
    expect(timestamp).toBe(now);
    expect(data.account).toEqual(account);
    expect(data.detected.at).toBe("2027-03-05T07:59:59.812Z");
    expect(data.detected.occurredAt).toBe("2027-03-05T07:59:31.000Z");
    expect(data.object.favoritedAt).toBe("2027-03-05T07:59:31.000Z");
    expect(sample("invoice.sent").data.object.dueDate).toBe("2027-03-19");
  });

  it("has ids of its own, and the same ones when it is made again", () => {
    const [one, again, other] = [
      sample("favorite.added"),
      sample("favorite.added"),
      sample("favorite.added", null, { nonce: "two" }),
    ];
    expect(again).toEqual(one);
    expect(other.id).not.toBe(one.id);
    expect(other.data.object.id).not.toBe(one.data.object.id);
    const { media } = one.data.object as { media: JsonObject };
    expect(media.name).toMatch(/^DSC_\d{4}\.jpg$/);
    expect(media.name).not.toBe("DSC_0421.jpg");
    expect(sample("video_download.created").data.object.media).toMatchObject({ name: "First dance.mp4" });
    expect(sample("invoice.paid").data.object.number).toMatch(/^INV-\d{3}$/);
  });

  it("is in the collection of the filter, by its real name where that is known", () => {
    const collections = new Map([["77", "Lee Wedding"]]);
    const filter = { collections: ["77", "78"] };
    expect(sample("favorite.added", filter, { collections }).data.collection).toEqual({
      id: "77",
      name: "Lee Wedding",
    });
    expect(sample("favorite.added", filter).data.collection).toEqual({ id: "77", name: null });
    const example = { collections: ["90516387"] };
    const own = new Map([["90516387", "Own Wedding"]]);
    expect(sample("favorite.added", example, { collections: own }).data.collection?.name).toBe("Own Wedding");
    expect(sample("favorite.added", example).data.collection?.name).toBe("Smith Wedding 2025");
    expect(sample("collection.created", filter, { collections }).data.object).toMatchObject({
      id: "77",
      name: "Lee Wedding",
    });
  });

  it("is by the client of the filter, an id or an address", () => {
    expect(sample("favorite.added", { clients: ["tom@example.com"] }).data.client).toMatchObject({
      email: "tom@example.com",
    });
    expect(sample("client.updated", { clients: ["cl_7"] }).data).toMatchObject({
      client: { id: "cl_7" },
      object: { id: "cl_7" },
    });
  });

  it("is worth what the filter asks for, also in words", () => {
    expect(sample("invoice.paid", { amountAtLeast: 123_456 }).data.object).toMatchObject({
      amount: 123_456,
      amountFormatted: "£1,234.56",
    });
    expect(sample("invoice.paid", { amountAtLeast: 1 }).data.object).toMatchObject({ amount: 50_000 });
  });
});

describe("several subscriptions", () => {
  const made = (...subscriptions: Subscription[]) =>
    makeSamples(entryOf("invoice.paid"), subscriptions, 1, setting).map(({ onlyFor }) => onlyFor);

  it("share a sample where one can please them all", () => {
    const [a, b, c] = [
      wanting(null, "sub_a"),
      wanting({ amountAtLeast: 70_000 }, "sub_b"),
      wanting({ clients: ["cl_1"] }, "sub_c"),
    ];
    expect(made(a, b, c)).toEqual([["sub_a", "sub_b", "sub_c"]]);
  });

  it("get one each where none can", () => {
    const [a, b] = [wanting({ clients: ["cl_1"] }, "sub_a"), wanting({ clients: ["cl_2"] }, "sub_b")];
    expect(made(a, b, wanting(null, "sub_c"))).toEqual([["sub_a", "sub_c"], ["sub_b"]]);
  });

  it("are nobody, and there is a sample all the same", () => expect(made()).toEqual([[]]));
});

test("a sample goes to those that it was made for while they are on, whatever they want, and to nobody else", () => {
  const [frozen] = makeSamples(entryOf("invoice.paid"), [wanting(null, "sub_a")], 1, setting);
  if (!frozen) throw new Error("none made");
  const goes = (more: Partial<Subscription>) => isMeantFor(makeSubscription(more), frozen, thaw(frozen));
  expect(goes({ id: "sub_a", events: ["favorite.*"] })).toBe(true);
  expect(goes({ id: "sub_a", enabled: false })).toBe(false);
  expect(goes({ id: "sub_b" })).toBe(false);
});

describe("a type that can never come", () => {
  it.each([
    [{ events: ["favorite.*", "quote.sent"] }, "invoice.paid", "its `events` are favorite.*, quote.sent"],
    [{ filter: { collections: ["1"] } }, "invoice.paid", "`filter.collections` asks for a collection"],
    [{ filter: { collections: ["1"] } }, "source.failing", "`filter.collections` asks for a collection"],
    [{ filter: { clients: ["cl_1"] } }, "photo.starred", "`filter.clients` asks for a client"],
    [{ filter: { amountAtLeast: 0 } }, "favorite.added", "`filter.amountAtLeast` asks for an amount"],
  ])("%j never gets %s, and it is said why", (more, type, words) => {
    expect(whyNever(makeSubscription({ id: "sub_a", ...more }), entryOf(type))).toContain(words);
  });
});

describe("a name that is none", () => {
  const names = eventTypes.map(({ type }) => type);
  it.each([
    ["favorite.add", "favorite.added"],
    ["favorites.added", "favorite.added"],
    ["Invoice.Payed", "invoice.paid"],
    ["x".repeat(10_000), undefined],
    ["sandwich.eaten", undefined],
  ])("%.20s is nearest to %s", (text, nearest) => expect(namesNear(text, names)[0]).toBe(nearest));

  it("is near the others of its object", () =>
    expect(namesNear("favorite.*", names).sort()).toEqual([
      "favorite.added",
      "favorite.removed",
      "favorite.updated",
    ]));
});
