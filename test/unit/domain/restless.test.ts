import { describe, expect, test } from "vitest";
import { asidePrint, changedPaths, fingerprint } from "../../../src/domain/fingerprint.js";
import { afterPoll, nothingAside, restlessPaths, setAside, takenBack } from "../../../src/domain/restless.js";

const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value);

describe("what changes in most records while nothing else does", () => {
  test("is set aside", () => {
    expect(restlessPaths(times(6, ["bytes"]), 10)).toEqual(["bytes"]);
    expect(restlessPaths(times(6, ["media.name", "bytes"]), 10)).toEqual(["bytes", "media.name"]);
  });
  test("is not what changes in half of them or fewer, or in a handful of records", () => {
    expect(restlessPaths(times(5, ["bytes"]), 10)).toEqual([]);
    expect(restlessPaths(times(4, ["bytes"]), 4)).toEqual([]);
  });
  test("is not what changes together with something else", () => {
    const mixed = Array.from({ length: 8 }, (_, i) => ["bytes", `other${i}`]);
    expect(restlessPaths(mixed, 10)).toEqual([]);
  });
  test("is set aside beside a few records of which more changed", () => {
    expect(restlessPaths([...times(7, ["bytes"]), ["bytes", "note"], ["note"]], 10)).toEqual(["bytes"]);
  });
  test("is never a status", () => {
    expect(restlessPaths(times(10, ["status"]), 10)).toEqual([]);
  });
});

describe("what was set aside", () => {
  test("is ripe to be compared again after it held still for a while, and for longer the next time", () => {
    let aside = setAside(nothingAside, ["bytes"]);
    const polls = (hashes: readonly string[]) =>
      hashes.map((hash) => {
        const next = afterPoll(aside, hash);
        aside = next.aside;
        return next.ripe;
      });
    expect(polls(["a", "b", "b", "b"])).toEqual([false, false, false, false]);
    expect(polls(["b"])).toEqual([true]);
    aside = setAside(takenBack(aside), ["bytes"]);
    expect(polls(["c", "c", "c", "c", "c", "c"]).includes(true)).toBe(false);
    expect(polls(["c"])).toEqual([true]);
  });
});

describe("a record", () => {
  const record = (fields: Parameters<typeof fingerprint>[0]["fields"], client: string | null = null) => ({
    fields,
    client: client === null ? null : { id: null, name: client, email: null },
  });
  const before = record({ id: "1", media: { id: "2", name: "a.jpg" }, note: null }, "Jane");

  test("differs by leaf, and null is as good as not there", () => {
    const after = record({ id: "1", media: { id: "2", name: "b.jpg" }, bytes: null }, "Jo");
    expect(changedPaths(before, after).sort()).toEqual(["client.name", "media.name"]);
    expect(fingerprint(record({ id: "1", more: null }))).toBe(fingerprint(record({ id: "1" })));
  });
  test("is the same in all but what is set aside", () => {
    const after = record({ id: "1", media: { id: "2", name: "b.jpg" }, note: null }, "Jo");
    const aside = new Set(["client.name", "media.name"]);
    expect(fingerprint(after, aside)).toBe(fingerprint(before, aside));
    expect(fingerprint(after, new Set(["media.name"]))).not.toBe(
      fingerprint(before, new Set(["media.name"])),
    );
    expect(asidePrint(after, aside)).not.toBe(asidePrint(before, aside));
    expect(asidePrint(after, new Set())).toBe("");
  });
});
