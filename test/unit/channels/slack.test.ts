import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  escapeSlack,
  renderSlack,
  type SlackPayload,
  slackItems,
  slackLimits,
} from "../../../src/channels/render/slack.js";
import { tell } from "../../../src/channels/render/words.js";
import { slackOutcome } from "../../../src/channels/slack.js";
import type { PixiehookEvent } from "../../../src/domain/event.js";
import type { JsonObject } from "../../../src/domain/json.js";
import { at, eventLike, everyExample, favorites, hostileNames } from "./messages.js";

const render = (events: readonly PixiehookEvent[], publicUrl = "https://pixiehook.example") =>
  renderSlack(tell(events, { timezone: "Europe/London", publicUrl, maxItems: slackItems }));

function expectWithinLimits({ text, blocks }: SlackPayload): void {
  expect(blocks.length).toBeLessThanOrEqual(slackLimits.blocks);
  expect(text.length).toBeLessThanOrEqual(slackLimits.text);
  for (const block of blocks) {
    const texts = "text" in block ? [block.text] : "fields" in block ? block.fields : block.elements;
    const limit = { header: slackLimits.header, section: slackLimits.section, context: 3_000 }[block.type];
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.length).toBeLessThanOrEqual(10);
    for (const { text: part } of texts) {
      expect(part.length).toBeGreaterThan(0);
      expect(part.length).toBeLessThanOrEqual("fields" in block ? slackLimits.field : limit);
      // Nothing but our own links stands between angle brackets, and every ampersand opens an entity.
      const rest = part.replace(/<https?:\/\/[^<>|\s]+\|[A-Za-z0-9, ]+>/g, "");
      expect(rest).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      expect(part).not.toMatch(/\p{Cs}/u);
    }
  }
  expect(JSON.stringify({ text, blocks }).length).toBeLessThanOrEqual(slackLimits.all);
}

const words = fc.oneof(fc.string({ unit: "binary", maxLength: 400 }), fc.constantFrom(...hostileNames));
const json = fc.jsonValue() as fc.Arbitrary<JsonObject[string]>;
const object = fc.dictionary(
  fc.oneof(
    fc.constantFrom("note", "media", "list", "amount", "currency", "number", "name", "reason", "count"),
    words,
  ),
  fc.oneof(json, words),
);
const events = fc.array(
  fc.record({
    type: fc.oneof(fc.constantFrom(...everyExample.map(({ type }) => type)), words),
    object,
    previous: fc.option(object),
    name: fc.option(words),
  }),
  { minLength: 1, maxLength: 60 },
);

describe("renderSlack", () => {
  it("keeps Slack's limits, whatever the events hold", () => {
    fc.assert(
      fc.property(events, (some) => {
        const list = some.map(({ type, object: fields, previous, name }, index) => ({
          ...eventLike("favorite.added", {
            account: { id: "acc_1", name: name ?? "" },
            client: { id: null, name, email: name },
            collection: { id: "1", name },
            object: fields,
            previous: previous as JsonObject | null,
          }),
          type,
          id: `evt_${index}`,
        }));
        expectWithinLimits(render(list));
      }),
      { numRuns: 300 },
    );
  });

  it("keeps them for digests of any length and hostile names", () => {
    for (const name of hostileNames) {
      const list = favorites(10_000, () => name).map((event) => ({
        ...event,
        data: { ...event.data, object: { ...event.data.object, note: name } },
      }));
      expectWithinLimits(render(list));
    }
  });

  it("names photos and cuts with a count and a link", () => {
    const { blocks } = render(favorites(49));
    const text = JSON.stringify(blocks);
    expect(text).toContain("Jane Doe favorited 49 photos in Smith Wedding 2025");
    expect(text).toContain("DSC_1000.jpg, DSC_1001.jpg");
    expect(text).toContain("<https://pixiehook.example/events/evt_test0|and 34 more>");
  });

  it("is the same for every type of the catalogue", () => {
    for (const event of everyExample) expectWithinLimits(render([event]));
    expect(everyExample.map((event) => render([event]).text)).toMatchSnapshot();
  });
});

describe("escapeSlack", () => {
  it("escapes and never cuts an entity or a character", () => {
    expect(escapeSlack("a & <b>", 50)).toBe("a &amp; &lt;b&gt;");
    for (let max = 1; max < 12; max += 1) {
      const cut = escapeSlack("&&👩&&", max);
      expect(cut.length).toBeLessThanOrEqual(max);
      expect(cut.replace(/&amp;|👩|…/gu, "")).toBe("");
    }
  });
});

describe("slackOutcome", () => {
  const answer = (status: number, body = "", headers: Record<string, string> = {}) =>
    slackOutcome({ kind: "answered", status, body, headers }, at);
  it("follows the table", () => {
    expect(answer(200, "ok")).toMatchObject({ kind: "delivered" });
    expect(answer(200, "<!doctype html>")).toMatchObject({
      kind: "retry",
      error: expect.stringContaining("HTML page instead of “ok”"),
    });
    expect(answer(429, "", { "retry-after": "30" })).toMatchObject({ afterMs: 30_000, holdMailbox: true });
    expect(answer(403, "action_prohibited")).toMatchObject({
      kind: "gone",
      error: "Slack answered 403: action_prohibited",
    });
    expect(answer(404, "no_service").kind).toBe("gone");
    expect(answer(410, "channel_is_archived").kind).toBe("gone");
    expect(answer(400, "invalid_blocks")).toMatchObject({
      kind: "failed",
      error: "Slack answered 400: invalid_blocks",
    });
    for (const status of [302, 401, 413, 500, 502, 504]) {
      expect(answer(status)).toMatchObject({ kind: "retry", holdMailbox: false });
    }
  });
});
