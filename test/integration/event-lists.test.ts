import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { thawEvent } from "../../src/domain/event.js";
import type { EventQuery } from "../../src/services/events.js";
import { CursorError } from "../../src/services/shared.js";
import { createEventWorld, type EventWorld, isAskedFor, type Known } from "../support/lists/event-world.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
let world: EventWorld;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(() => world.close());
afterAll(() => redis.close());

const everything = {
  account: null,
  types: [],
  collection: null,
  client: null,
  since: null,
  until: null,
  matched: null,
  order: "desc",
  limit: 50,
  after: null,
} as const satisfies EventQuery;

const idsOf = (page: { readonly data: readonly string[] }) => page.data.map((body) => thawEvent(body).id);

/** Somebody who goes from page to page. */
interface Reader {
  readonly query: EventQuery;
  readonly begun: readonly Known[];
  readonly given: string[];
  after: string | null;
  isDone: boolean;
}

const order = fc.constantFrom("asc" as const, "desc" as const);
const type = fc.constantFrom("favorite.added", "favorite.removed", "invoice.paid");
const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const rarely = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });
const traits = fc.record({
  type,
  collection: nullable(fc.constantFrom("1", "2")),
  client: nullable(fc.constantFrom("jane@example.com", "bob@example.com")),
});
const query = fc.record({
  account: nullable(fc.nat(1)),
  types: fc.constantFrom([], [], [], ["favorite.*"], ["invoice.paid", "favorite.removed"]),
  collection: rarely(fc.constantFrom("1", "2")),
  client: rarely(fc.constantFrom("Jane@Example.com", "15")),
  matched: rarely(fc.boolean()),
  order,
  limit: fc.integer({ min: 1, max: 4 }),
});
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(
      fc.constant("state" as const),
      fc.nat(1),
      fc.array(traits, { minLength: 1, maxLength: 6 }),
    ),
  },
  { weight: 8, arbitrary: fc.tuple(fc.constant("handOn" as const), nullable(fc.nat(2))) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("trim" as const), fc.nat(1), fc.integer({ min: 1, max: 4 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("trimLog" as const), fc.integer({ min: 1, max: 4 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("remove" as const), fc.constant(0)) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom("closeBoxes" as const, "loseCards" as const, "cardOlder" as const)),
  },
  { weight: 5, arbitrary: fc.tuple(fc.constant("begin" as const), query) },
  { weight: 20, arbitrary: fc.tuple(fc.constant("next" as const), fc.nat(7)) },
);

const canShow = (asked: EventQuery) =>
  world
    .shelf(asked.matched === null ? asked.account : null)
    .filter((known) => known.isKept && isAskedFor(asked, known));

async function read(reader: Reader): Promise<void> {
  const inTime = canShow(reader.query);
  const page = await world.service.list({ ...reader.query, after: reader.after });
  expect(page.data.length).toBeLessThanOrEqual(reader.query.limit);
  reader.given.push(...idsOf(page));
  reader.after = page.next;
  reader.isDone = page.next === null;
  expect(new Set(reader.given).size, "none is given twice").toBe(reader.given.length);
  if (!reader.isDone) return;
  const kept = new Set(canShow(reader.query).map(({ frozen }) => frozen.id));
  // Oldest first, whatever came until the last page is on some page.
  const due = reader.query.order === "asc" ? inTime : reader.begun;
  const expected = due.map(({ frozen }) => frozen.id).filter((id) => kept.has(id));
  expect(reader.given, "what was there all the time is given").toEqual(expect.arrayContaining(expected));
}

function check({ query: asked, given }: Reader): void {
  const shelf = world.shelf(asked.matched === null ? asked.account : null);
  const known = new Map(shelf.map((each, place) => [each.frozen.id, { each, place }]));
  const places = given.flatMap((id) => known.get(id)?.place ?? []);
  expect(places).toEqual([...places].sort((a, b) => (asked.order === "asc" ? a - b : b - a)));
  for (const id of given) {
    const found = known.get(id);
    if (found) expect(isAskedFor(asked, found.each)).toBe(true);
  }
}

describe("pages of events", () => {
  test("give what is there all the time once, in order, and nothing else, whatever comes and goes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(traits, { minLength: 10, maxLength: 30 }),
        fc.array(step, { minLength: 20, maxLength: 60, size: "max" }),
        async (first, steps) => {
          world = await createEventWorld(redis, 2);
          for (const account of [0, 1]) await world.state(account, first);
          await world.handOn(1);
          const readers: Reader[] = [];
          for (const [what, ...given] of steps) {
            if (what === "begin") {
              const asked = given[0] as { account: number | null };
              const account = asked.account === null ? null : (world.accounts[asked.account] ?? null);
              const begun = { ...everything, ...asked, account } as EventQuery;
              readers.push({ query: begun, begun: canShow(begun), given: [], after: null, isDone: false });
            } else if (what === "next") {
              const open = readers.filter(({ isDone }) => !isDone);
              const reader = open[(given[0] as number) % Math.max(1, open.length)];
              if (reader) await read(reader);
            } else await (world[what] as (...args: unknown[]) => Promise<unknown>)(...given);
          }
          for (const reader of readers) {
            while (!reader.isDone) await read(reader);
            check(reader);
          }
          world.close();
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("a cursor of the list of events", () => {
  const cursor = (text: string) => Buffer.from(text).toString("base64url");

  test("is refused when it is of another list, or was never given", async () => {
    world = await createEventWorld(redis, 2);
    const [one = "", other = ""] = world.accounts;
    for (const account of [0, 1]) await world.state(account, many(3));
    await world.handOn(1);
    const ofOne = await world.service.list({ ...everything, account: one, limit: 1 });
    const ofAll = await world.service.list({ ...everything, limit: 1 });
    const refused: [string | null, string | null][] = [
      [ofOne.next, other],
      [ofOne.next, null],
      [ofAll.next, one],
      [cursor(`${Date.now()} ${one}`), null],
      [cursor("99999999999999999999999-0"), null],
      [cursor("1-99999999999999999999999"), null],
      ["made-up", null],
      ["evt_made-up", null],
    ];
    for (const [after, account] of refused) {
      const asked = world.service.list({ ...everything, account, after });
      await expect(asked, `${after} of ${account}`).rejects.toThrow(CursorError);
    }
  });

  test("can be an event: whoever keeps the last one that was seen goes on behind it, when more has come", async () => {
    world = await createEventWorld(redis, 2);
    const first = await world.state(0, many(3));
    await world.handOn(1);
    for (const account of [null, world.accounts[0] ?? ""]) {
      const asked = { ...everything, account, order: "asc" as const };
      const page = await world.service.list({ ...asked, after: first[0]?.frozen.id ?? "" });
      expect(idsOf(page)).toEqual(first.slice(1).map(({ frozen }) => frozen.id));
      expect(page.next, "it has caught up").toBeNull();
      const last = idsOf(page).at(-1) ?? "";
      expect(idsOf(await world.service.list({ ...asked, after: last }))).toEqual([]);
    }
    const more = await world.state(0, many(2));
    await world.handOn(0);
    const later = await world.service.list({ ...everything, order: "asc", after: first[2]?.frozen.id ?? "" });
    expect(idsOf(later)).toEqual(more.map(({ frozen }) => frozen.id));
    const ofOther = { ...everything, account: world.accounts[1] ?? "", after: first[0]?.frozen.id ?? "" };
    await expect(world.service.list(ofOther)).rejects.toThrow(CursorError);
  });
});

test("times that lie outside of everything give an empty page", async () => {
  world = await createEventWorld(redis, 1);
  const [event] = await world.state(0, many(1));
  await world.handOn(1);
  const [first, last] = ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"];
  const at = event?.event.timestamp ?? "";
  const times: [string | null, string | null, number][] = [
    [null, first, 0],
    [last, null, 0],
    [first, last, 1],
    // Both ends belong to it.
    [at, at, 1],
  ];
  for (const account of [null, world.accounts[0] ?? ""])
    for (const order of ["asc", "desc"] as const)
      for (const [since, until, count] of times) {
        const page = await world.service.list({ ...everything, account, order, since, until });
        expect(page).toMatchObject({ data: { length: count }, next: null });
      }
});

test("the one event of its kind among five thousand is on the first page, and the page is the last", async () => {
  world = await createEventWorld(redis, 1);
  const rare = { type: "invoice.paid", collection: "7", client: "once@example.com" };
  await world.state(0, [rare]);
  for (let i = 0; i < 5; i++) await world.state(0, many(1_000));
  await world.handOn(0);
  const asked: Partial<EventQuery>[] = [
    { types: ["invoice.*"] },
    { collection: "7" },
    { client: "ONCE@example.com" },
    { types: ["invoice.paid"], matched: false },
  ];
  for (const each of asked)
    for (const account of [null, world.accounts[0] ?? ""]) {
      const page = await world.service.list({ ...everything, ...each, account });
      expect(page).toMatchObject({ data: { length: 1 }, next: null });
    }
});

test("the events of one account are found by whether somebody wanted them, also among many without cards", async () => {
  world = await createEventWorld(redis, 2);
  for (const account of [1, 0, 1]) await world.state(account, many(250));
  await world.handOn(1);
  await world.loseCards();
  const account = world.accounts[0] ?? "";
  for (const order of ["asc", "desc"] as const) {
    const page = await world.service.list({ ...everything, account, matched: true, order, limit: 249 });
    expect(page.data).toHaveLength(249);
    const rest = await world.service.list({
      ...everything,
      account,
      matched: true,
      order,
      limit: 249,
      after: page.next,
    });
    expect(rest).toMatchObject({ data: { length: 1 }, next: null });
  }
});

function many(count: number) {
  return Array.from({ length: count }, () => ({ type: "favorite.added", collection: "1", client: null }));
}
