import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { thawEvent } from "../../src/domain/event.js";
import { CursorError, type EventQuery } from "../../src/services.js";
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
      { numRuns: 30 },
    );
  });
});
