import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Candidate, identify, rotated } from "../../../src/domain/identity.js";

const row = (id: string | null, natural: string, print = "p"): Candidate => ({
  id,
  natural,
  print,
  aside: "",
  record: null,
});
const once = { countsAgree: true, repeats: false };

function keys(rows: readonly Candidate[], options = once) {
  const found = identify([rows], null, options);
  if (found.kind === "lost") throw new Error(found.reason);
  return [found.identity, ...found.sightings.map(({ key }) => key)];
}

describe("the best that holds for a list is chosen", () => {
  test("its rows' own ids", () => {
    expect(keys([row("1", "~a"), row("2", "~b")])).toEqual(["id", "1", "2"]);
  });
  test("what they are about, where an id is missing or stands for two things", () => {
    expect(keys([row("1", "~a"), row(null, "~b")])).toEqual(["natural", "~a", "~b"]);
    expect(keys([row("1", "~a"), row("1", "~b")])).toEqual(["natural", "~a", "~b"]);
  });
  test("what they are about, too, where one is told twice", () => {
    expect(keys([row(null, "~a"), row(null, "~a"), row(null, "~b")])).toEqual(["natural", "~a", "~b"]);
  });
  test("that and a running number, where several are about the same thing", () => {
    expect(keys([row(null, "~a", "p"), row(null, "~a", "q")])).toEqual(["occurrence", "~a", "~a.2"]);
    const acts = { ...once, repeats: true };
    expect(keys([row(null, "~a"), row(null, "~a")], acts)).toEqual(["occurrence", "~a", "~a.2"]);
  });
  test("nothing, where there are no rows", () => {
    expect(keys([])).toEqual([null]);
  });
});

describe("what was chosen is never left in silence", () => {
  const kind = (rows: readonly Candidate[]) => identify([rows], "id", once).kind;
  test("when most rows lose their ids, or one id stands for two things", () => {
    expect(kind([row("1", "~a"), row("2", "~b"), row(null, "~c")])).toBe("identified");
    expect(kind([row("1", "~a"), row(null, "~b"), row(null, "~c")])).toBe("lost");
    expect(kind([row("1", "~a"), row("1", "~b")])).toBe("lost");
  });
  test("unless they are parts of one thing", () => {
    const part = (natural: string) => ({ ...row("1", natural), isPart: true });
    expect(identify([[part("~a"), part("~b")]], "id", once)).toMatchObject({ sightings: [{ key: "1" }] });
    expect(keys([part("~a"), part("~b"), row("2", "~c")])).toEqual(["id", "1", "2"]);
  });
  test("when several are about the same that were known by it", () => {
    expect(identify([[row(null, "~a", "p"), row(null, "~a", "q")]], "natural", once).kind).toBe("lost");
  });
  test("a row without an id is left out and counted", () => {
    expect(identify([[row("1", "~a"), row("2", "~b"), row(null, "~c")]], "id", once)).toMatchObject({
      nameless: 1,
      sightings: [{ key: "1" }, { key: "2" }],
    });
  });
  test("rows that get ids keep the keys that they have", () => {
    expect(identify([[row("1", "~a")]], "natural", once)).toMatchObject({
      identity: "natural",
      sightings: [{ key: "~a" }],
    });
  });
});

test("keys do not depend on the order of the rows, whatever they are", () => {
  const rows = fc.array(
    fc.record({
      id: fc.option(fc.constantFrom("1", "2", "3")),
      natural: fc.constantFrom("~a", "~b", "~c"),
      print: fc.constantFrom("p", "q"),
    }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(
      rows,
      fc.boolean(),
      fc.constantFrom("id", "natural", "occurrence", null),
      (list, repeats, by) => {
        const candidates = list.map(({ id, natural, print }) => row(id, natural, print));
        const look = (order: readonly Candidate[]) => {
          const found = identify([order], by, { countsAgree: true, repeats });
          return found.kind === "lost"
            ? found
            : { ...found, sightings: found.sightings.map(({ key }) => key).sort() };
        };
        expect(look(candidates.toReversed())).toEqual(look(candidates));
      },
    ),
  );
});

test("of two rows that are about the same thing the same one stands for both, in whatever order", () => {
  const [one, other] = [row("1", "~a", "p"), row("1", "~a", "q")];
  for (const order of [
    [one, other],
    [other, one],
  ]) {
    expect(identify([order], "id", once)).toMatchObject({ sightings: [{ print: "p" }] });
  }
});

test("ids rotate when most of what is gone came back under others", () => {
  const came = (...naturals: string[]) => naturals.map((natural) => row(null, natural));
  const again = (gone: string[], come: Candidate[], live: number) =>
    rotated(gone, come, live).map(({ natural }) => natural);
  expect(again(["~a", "~b"], came("~b", "~c", "~a"), 3)).toEqual(["~b", "~a"]);
  expect(again(["~a"], came("~a"), 2)).toEqual([]);
  expect(again(["~a", "~b"], came("~c", "~d"), 2)).toEqual([]);
  expect(again([], [], 0)).toEqual([]);
});
