import { describe, expect, test } from "vitest";
import { movesIn, nextMarks } from "../../../src/domain/marks.js";

const rows = (count: number, words: (row: number) => string) =>
  new Map(Array.from({ length: count }, (_, row) => [`c${row}`, words(row)]));

/** Reads rows one time after the other; the names that moved by each reading, and the marks in the end. */
function read(...readings: readonly ReadonlyMap<string, string>[]) {
  const kept = new Map<string, string>();
  const moved = readings.map((said) => {
    const { marks, moved } = nextMarks(kept, said);
    for (const [name, mark] of marks) kept.set(name, mark);
    return [...moved];
  });
  return { kept, moved };
}

describe("marks", () => {
  test("move when a word of their row does, and not otherwise", () => {
    const still = rows(20, () => "aaaabbbb");
    const { kept, moved } = read(
      still,
      still,
      rows(20, (row) => (row === 7 ? "aaaacccc" : "aaaabbbb")),
    );
    expect(moved).toEqual([[...still.keys()], [], ["c7"]]);
    expect(movesIn(kept.get("c7"))).toBe("2");
    expect(movesIn(kept.get("c8"))).toBe("1");
    expect(movesIn(undefined)).toBeNull();
  });

  test("do not move by a value that changes everywhere with each reading, and still by the one beside it", () => {
    const { moved } = read(
      rows(20, () => "aaaa0000"),
      rows(20, () => "aaaa1111"),
      rows(20, (row) => (row === 3 ? "zzzz2222" : "aaaa2222")),
      rows(20, (row) => (row === 3 ? "zzzz3333" : "aaaa3333")),
    );
    expect(moved.slice(1)).toEqual([[], ["c3"], []]);
  });

  test("move again after all rows were changed at once, by a new release say", () => {
    const after = rows(20, () => "bbbb");
    const { moved } = read(
      rows(20, () => "aaaa"),
      after,
      rows(20, (row) => (row === 5 ? "cccc" : "bbbb")),
    );
    expect(moved.slice(1)).toEqual([[], ["c5"]]);
  });

  test("move all of them in a small studio, where most rows are few", () => {
    const { moved } = read(
      rows(5, () => "aaaa"),
      rows(5, () => "bbbb"),
    );
    expect(moved[1]).toHaveLength(5);
  });

  test("move when a row has more words than before, or fewer", () => {
    const { moved } = read(
      rows(20, () => "aaaabbbb"),
      rows(20, (row) => (row === 1 ? "aaaa" : row === 2 ? "aaaabbbbcccc" : "aaaabbbb")),
    );
    expect(moved[1]).toEqual(["c1", "c2"]);
  });
});
