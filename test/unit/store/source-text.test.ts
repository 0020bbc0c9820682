import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resourceNames } from "../../../src/domain/record.js";
import { newSource, type SourceState } from "../../../src/domain/source.js";
import { readSource, writeFields } from "../../../src/store/source-text.js";

const key = {
  id: "src_1",
  account: "acc_1",
  resource: "favorites" as const,
  scope: { id: "7", name: "Wedding" },
};
const well: SourceState = {
  ...newSource(key, false),
  status: "active",
  baselined: true,
  lastPolledAt: "2026-11-21T06:20:35.465Z",
  fullAt: "2026-11-21T06:20:35.465Z",
  completeAt: "2026-11-21T06:20:35.465Z",
  contentHash: "r1Vw9aGBC3r3jK9LxwpmDw31HkK",
  appointed: false,
};

const time = fc.option(
  fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom("2026-11-21T06:20:35Z", "2026-11-21", "yesterday", ""),
  ),
);
/** Numbers of four digits. */
const digits = fc
  .tuple(fc.nat(9_999), fc.integer({ min: -6, max: 3 }))
  .map(([value, power]) => Number(`${value}e${power}`));
const text = fc.option(fc.string({ unit: "binary" }));
const paths = fc.array(fc.string());
const state: fc.Arbitrary<SourceState> = fc.record({
  id: fc.constant(key.id),
  account: fc.constant(key.account),
  resource: fc.constantFrom(...resourceNames),
  scope: fc.option(fc.record({ id: fc.string(), name: text })),
  status: fc.constantFrom("waiting", "active", "failing", "off"),
  baselined: fc.boolean(),
  startsEmpty: fc.boolean(),
  epoch: fc.integer({ min: 1, max: 1e9 }),
  lastPolledAt: time,
  fullAt: time,
  completeAt: time,
  lastChangedAt: time,
  records: fc.nat(),
  unreadable: fc.nat(),
  failures: fc.nat(),
  told: fc.boolean(),
  looks: fc.nat(),
  reason: text,
  contentHash: fc.oneof(text, fc.constant(well.contentHash)),
  missing: fc.nat(),
  doubted: fc.nat(),
  identity: fc.option(
    fc.record({
      by: fc.constantFrom("id" as const, "natural" as const, "occurrence" as const),
      version: fc.nat(),
    }),
  ),
  doubts: fc.nat(),
  doubtedHash: text,
  aside: fc.record({ paths, hash: text, still: fc.nat(), patience: fc.constantFrom(3, 6) }),
  buckets: fc.constantFrom(1, 2, 1024),
  pages: fc.nat(),
  bornAt: fc.option(fc.integer()),
  activity: fc.option(
    fc.record({
      visits: digits,
      expected: digits,
      lately: digits,
      at: fc.integer(),
      actedAt: fc.option(fc.integer()),
    }),
  ),
  appointed: fc.boolean(),
  hint: text,
  order: fc.record({
    agreed: fc.nat(),
    needed: fc.constantFrom(3, 6),
    inside: fc.double({ min: 0.5, max: 9, noNaN: true }),
    below: fc.nat(),
    heads: fc.nat(),
  }),
  hold: text,
  paging: fc.option(
    fc.dictionary(
      fc.string().filter((name) => name !== "__proto__"),
      fc.nat(),
    ),
  ),
});

/** As a script writes it. */
const textOf = (source: SourceState) => `12 3 ${source.epoch} ${writeFields(source)}`;

describe("a source", () => {
  test("is read as it was written", () => {
    const differing = fc.array(fc.constantFrom(...(Object.keys(well) as (keyof SourceState)[])));
    const nearly = fc.tuple(state, differing).map(([other, names]) => ({
      ...well,
      ...Object.fromEntries(names.map((name) => [name, other[name]])),
    }));
    fc.assert(
      fc.property(fc.oneof(state, nearly), (source) => {
        const read = readSource(source.account, source.id, textOf(source));
        expect(read).toEqual({ state: source, version: 12, snapshotVersion: 3 });
      }),
    );
  });

  test("that an earlier release wrote is read, with what it did not know yet as it is at first", () => {
    fc.assert(
      fc.property(
        state,
        fc.subarray(["pages", "hold", "aside", "fullAt", "order"] as const),
        (source, unknown) => {
          const { startsEmpty: _, ...first } = newSource(source, false);
          const before = Object.fromEntries(
            Object.entries(source).filter(([name]) => !unknown.includes(name as never)),
          );
          const { state: now, version } = readSource(source.account, source.id, JSON.stringify(before));
          expect(version).toBeNull();
          expect(now).toEqual({ ...first, ...before });
        },
      ),
    );
  });

  test("that is well and empty takes little", () => {
    expect(textOf(well)).toBe(
      '12 3 1 {"resource":"favorites","scope":["7","Wedding"],"lastPolledAt":1795242035465}',
    );
  });
});
