import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diff } from "../../../src/domain/diff.js";
import type { SnapshotEntry, SourceRecord } from "../../../src/domain/record.js";
import type { Change } from "../../../src/domain/upstream.js";
import { sightingOf } from "../../support/readings.js";

const record = (key: string, value: number, more: Partial<SourceRecord> = {}): SourceRecord => ({
  key,
  fields: { id: key, value },
  client: null,
  occurredAt: null,
  ...more,
});

const scanOf = (records: readonly SourceRecord[], complete = true) => ({
  records: records.map(sightingOf),
  complete,
});

const pause = 1_000;

/** A snapshot that is compared with scans, as the pipeline does it. */
function follow(start: readonly SourceRecord[] = []) {
  const entries = new Map<string, SnapshotEntry>();
  let now = 0;
  const look = (scan: ReturnType<typeof scanOf>, mode: "silent" | "stated" | "compare" = "compare") => {
    now += pause;
    const found = diff(entries, scan.records, {
      mode,
      now,
      complete: scan.complete,
      live: [...entries.values()].filter(({ x }) => x === undefined).length,
      aside: new Set(),
      keys: scan.records,
      insertsOnly: false,
      removalPauseMs: pause,
      completeAt: null,
      witnessedAt: now,
    });
    for (const { key, entry } of found.steps) entries.set(key, entry);
    return { ...found, changes: found.steps.flatMap(({ change }) => change ?? []) };
  };
  if (start.length > 0) look(scanOf(start), "silent");
  return { entries, look };
}

const summary = (changes: readonly Change[]) =>
  changes.map(({ kind, key, revision }) => `${kind} ${key} ${revision}`);

describe("a first look", () => {
  test("is silent, and what comes later is told", () => {
    const { look } = follow([record("a", 1)]);
    expect(summary(look(scanOf([record("a", 1), record("b", 1)])).changes)).toEqual(["created b 1"]);
  });

  test("that was asked to state what is there does so, at revision 0", () => {
    const { look } = follow();
    expect(summary(look(scanOf([record("a", 1)]), "stated").changes)).toEqual(["created a 0"]);
  });

  test("against an empty snapshot tells everything", () => {
    const { look } = follow();
    expect(summary(look(scanOf([record("a", 1)])).changes)).toEqual(["created a 1"]);
  });
});

describe("a change", () => {
  test("carries the old values of the fields that differ, and of no others", () => {
    const { look } = follow([record("a", 1)]);
    expect(look(scanOf([record("a", 2)])).changes).toMatchObject([
      { kind: "updated", previous: { value: 1 } },
    ]);
  });

  test("to and fro is two changes with two revisions", () => {
    const { look } = follow([record("a", 1)]);
    expect(summary(look(scanOf([record("a", 2)])).changes)).toEqual(["updated a 1"]);
    expect(summary(look(scanOf([record("a", 1)])).changes)).toEqual(["updated a 2"]);
  });

  test("of a volatile field alone is none", () => {
    const { look } = follow();
    const volatile = ["value"];
    look(scanOf([record("a", 1, { volatile })]), "silent");
    expect(look(scanOf([record("a", 2, { volatile })])).steps).toEqual([]);
  });

  test("several come in the order in which they happened", () => {
    const { look } = follow();
    const newestFirst = [3, 2, 1].map((hour) =>
      record(`at ${hour}`, 0, { occurredAt: `2026-11-20T0${hour}:00:00.000Z` }),
    );
    const { changes } = look(scanOf(newestFirst));
    expect(changes.map(({ key }) => key)).toEqual(["at 1", "at 2", "at 3"]);
  });
});

describe("absence", () => {
  test("counts at the second complete look, not at the first", () => {
    const { look } = follow([record("a", 1), record("b", 1)]);
    expect(look(scanOf([record("a", 1)]))).toMatchObject({ changes: [], missing: 1, records: 2 });
    expect(summary(look(scanOf([record("a", 1)])).changes)).toEqual(["removed b 1"]);
  });

  test("from a list that did not hold still never counts", () => {
    const { look } = follow([record("a", 1), record("b", 1)]);
    for (let i = 0; i < 5; i++) expect(look(scanOf([record("a", 1)], false)).changes).toEqual([]);
  });

  test("that ends before the second look was none", () => {
    const { look } = follow([record("a", 1), record("b", 1)]);
    look(scanOf([record("a", 1)]));
    expect(look(scanOf([record("a", 1), record("b", 1)]))).toMatchObject({ changes: [], missing: 0 });
    expect(look(scanOf([record("a", 1)])).changes).toEqual([]);
  });

  test("that was told ends with a restoration, under a new revision", () => {
    const { look } = follow([record("a", 1), record("b", 1)]);
    look(scanOf([record("a", 1)]));
    look(scanOf([record("a", 1)]));
    expect(summary(look(scanOf([record("a", 1), record("b", 1)])).changes)).toEqual(["restored b 2"]);
    look(scanOf([record("a", 1)]));
    expect(summary(look(scanOf([record("a", 1)])).changes)).toEqual(["removed b 3"]);
  });
});

test("over any history of good and torn looks, what is told leads exactly to what is there", () => {
  const keys = ["a", "b", "c", "d", "e"];
  const state = fc.dictionary(fc.constantFrom(...keys), fc.integer({ min: 0, max: 3 }));
  const look = fc.record({ state, complete: fc.boolean(), seen: fc.subarray(keys) });
  fc.assert(
    fc.property(state, fc.array(look, { maxLength: 12 }), state, (start, looks, end) => {
      const rows = (of: Record<string, number>) =>
        Object.entries(of).map(([key, value]) => record(key, value));
      const { look: see } = follow(rows(start));
      const told = new Map(Object.entries(start));
      const revisions = new Map<string, number>();
      const apply = (changes: readonly Change[], there: Record<string, number>) => {
        for (const { kind, key, record: now, revision } of changes) {
          expect(revision).toBe((revisions.get(key) ?? 0) + 1);
          revisions.set(key, revision);
          if (kind === "removed") {
            expect(there).not.toHaveProperty(key);
            expect(told.delete(key)).toBe(true);
          } else {
            expect(told.has(key)).toBe(kind === "updated");
            expect(told.get(key)).not.toBe(now.fields.value);
            told.set(key, Number(now.fields.value));
          }
        }
      };
      for (const { state: there, complete, seen } of looks) {
        const visible = rows(there).filter(({ key }) => complete || seen.includes(key));
        apply(see(scanOf(visible, complete)).changes, there);
      }
      for (let again = 0; again < 2; again++) apply(see(scanOf(rows(end))).changes, end);
      expect(Object.fromEntries(told)).toEqual({ ...end });
    }),
    { numRuns: 2_000 },
  );
});
