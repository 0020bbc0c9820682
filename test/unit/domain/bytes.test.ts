import { expect, test } from "vitest";
import { size } from "../../../src/domain/bytes.js";

test("sizes are written in the unit that they come to once they are rounded", () => {
  const sizes = [1, 999, 1_000, 8_400_000, 999_940, 999_999, 2.5e12, 4e15].map((bytes) => size(bytes));
  expect(sizes).toEqual(["1 B", "999 B", "1 kB", "8.4 MB", "999.9 kB", "1 MB", "2.5 TB", "4,000 TB"]);
  expect([0, -1, Number.NaN, "8", undefined].map((bytes) => size(bytes))).toEqual(Array(5).fill(null));
});
