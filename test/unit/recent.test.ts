import { expect, test } from "vitest";
import { createRecent } from "../../src/recent.js";

test("keeps to its bound, and forgets what it was told first", () => {
  const recent = createRecent<string>(10);
  recent.set("a", "first", 4);
  recent.set("b", "second", 4);
  recent.set("a", "again", 4);
  recent.set("c", "third", 4);
  expect(recent.get("a")).toBeUndefined();
  expect([recent.get("b"), recent.get("c")]).toEqual(["second", "third"]);
});

test("has room again for what was dropped", () => {
  const recent = createRecent<string>(10);
  recent.set("a", "first", 4);
  recent.set("b", "second", 6);
  recent.drop("b");
  recent.drop("nobody");
  recent.set("c", "third", 6);
  expect([recent.get("a"), recent.get("b"), recent.get("c")]).toEqual(["first", undefined, "third"]);
});

test("does not forget everything for one that is larger than all it may keep", () => {
  const recent = createRecent<string>(10);
  recent.set("a", "small", 4);
  recent.set("b", "huge", 11);
  expect([recent.get("a"), recent.get("b")]).toEqual(["small", undefined]);
});
