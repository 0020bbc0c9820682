import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/domain/json.js";
import { findResource } from "../../../src/pixieset/resources/index.js";
import { hintOf } from "../../../src/pixieset/row-hint.js";

const row: JsonObject = { id: 57, name: "Smith Wedding", updated_at: "2026-11-20T10:00:00Z" };

/** Whether a value that goes from one to the other shows in what a row hints. */
const shows = (name: string, from: JsonObject[string], to: JsonObject[string]) =>
  hintOf({ ...row, [name]: from }) !== hintOf({ ...row, [name]: to });

describe("what a row hints at", () => {
  test.each([
    ["updated_at", "2026-11-20T10:00:00Z", "2026-11-20T10:00:01Z"],
    ["lastActivity", 1_790_000_000, 1_790_000_060],
    ["last_viewed", null, "2026-11-20 10:00:00"],
    ["favorites_count", 3, 4],
    ["numDownloads", "3", "4"],
    ["views", 10, 11],
    ["stats", { favorites: 1, visits: 7 }, { favorites: 2, visits: 7 }],
    ["last_activity", { at: "2026-11-20T10:00:00Z" }, { at: "2026-11-21T10:00:00Z" }],
  ])("is otherwise with another %s", (name, from, to) => {
    expect(shows(name, from, to)).toBe(true);
  });

  test.each([
    ["name", "one", "two"],
    ["updated_human", "3 minutes ago", "4 minutes ago"],
    ["last_seen", "3 minutes ago", "just now"],
    ["views_formatted", "1.2k", "1.3k"],
    ["last_view_url", "https://a.example/1?Signature=x1", "https://a.example/1?Signature=x2"],
    ["shared", false, true],
    ["download_pin", "1234", "4321"],
    ["last_password", "1", "2"],
    ["stats", { access_token: 1, share_secret: 1 }, { access_token: 2, share_secret: 2 }],
    ["token", { updated_at: 1_790_000_000 }, { updated_at: 1_790_000_001 }],
    ["discount", 10, 20],
    ["country", 1, 2],
    ["last_name", "Smith 1", "Smith 2"],
    ["activity", [1], [2]],
    ["stats", { deep: { views: 1 } }, { deep: { views: 2 } }],
  ])("is the same with another %s", (name, from, to) => {
    expect(shows(name, from, to)).toBe(false);
  });

  test("is the same whatever the order of its names, short, and holds no value", () => {
    const hint = hintOf({ views: 123_456, updated_at: "2026-11-20T10:00:00Z" });
    expect(hintOf({ updated_at: "2026-11-20T10:00:00Z", views: 123_456 })).toBe(hint);
    expect(hint).toHaveLength(8);
    expect(hint).not.toContain("1234");
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`views_${i}`, i]));
    expect(hintOf(many).length).toBeLessThan(60);
  });

  test("goes with the rows of the listing, beside what is compared, and with no others", () => {
    const read = (name: "collections" | "invoices", value: JsonObject) =>
      findResource(name)
        .read(value, new Set(), Date.now())
        .map((each) => (each.kind === "record" ? { print: each.print, hint: each.hint } : null))[0];
    const before = read("collections", { ...row, views_count: 1 });
    const after = read("collections", { ...row, views_count: 2 });
    expect(after?.hint).not.toBe(before?.hint);
    expect(after?.print).toBe(before?.print);
    expect(read("invoices", { ...row, views_count: 2 })?.hint).toBeUndefined();
  });
});
