import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { renderSlack, slackItems } from "../../../src/channels/render/slack.js";
import { tell } from "../../../src/channels/render/words.js";
import type { PixiehookEvent } from "../../../src/domain/event.js";
import { eventLike, everyExample, favorites, hostileNames } from "./messages.js";

const plain = (max: number) =>
  z.strictObject({
    type: z.literal("plain_text"),
    text: z.string().min(1).max(max),
    emoji: z.boolean().optional(),
  });
const markdown = (max: number) =>
  z.strictObject({
    type: z.literal("mrkdwn"),
    text: z.string().min(1).max(max),
    verbatim: z.boolean().optional(),
  });
const either = (max: number) => z.discriminatedUnion("type", [plain(max), markdown(max)]);
const section = z
  .strictObject({
    type: z.literal("section"),
    text: either(3_000).optional(),
    fields: z.array(either(2_000)).min(1).max(10).optional(),
  })
  .refine(({ text, fields }) => text !== undefined || fields !== undefined);
const context = z.strictObject({
  type: z.literal("context"),
  elements: z.array(either(3_000)).min(1).max(10),
});

/** Slack's own limits, as docs.slack.dev has them in its Block Kit reference. */
const payload = z
  .strictObject({
    text: z.string().min(1).max(4_000),
    blocks: z
      .array(z.union([z.strictObject({ type: z.literal("header"), text: plain(150) }), section, context]))
      .min(1)
      .max(50),
    unfurl_links: z.literal(false),
    unfurl_media: z.literal(false),
  })
  .refine((all) => JSON.stringify(all).length <= 13_000, "about 13,000 characters in all");

const render = (events: readonly PixiehookEvent[]) =>
  renderSlack(
    tell(events, {
      timezone: "America/New_York",
      publicUrl: "https://pixiehook.example",
      maxItems: slackItems,
    }),
  );

/** Every text of others in an event replaced by this name. */
function named(event: PixiehookEvent, name: string | null): PixiehookEvent {
  const replace = (value: unknown): unknown => {
    if (typeof value === "string") return name;
    if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replace(part)]));
  };
  const { account, client, collection, object, previous } = event.data;
  const data = {
    ...event.data,
    account: { ...account, name: name ?? "" },
    client: replace(client),
    collection: replace(collection),
    object: replace(object),
    previous: replace(previous),
  } as PixiehookEvent["data"];
  return { ...event, data };
}

function texts(value: unknown, type: string): string[] {
  if (value === null || typeof value !== "object") return [];
  if ("type" in value && value.type === type && "text" in value) return [String(value.text)];
  return Object.values(value).flatMap((part) => texts(part, type));
}

const names = fc.oneof(
  fc.constantFrom(
    ...hostileNames,
    "*bold* _it_ ~no~ `code` ```",
    "https://evil.example @here",
    "\u200b\u200d",
    null,
  ),
  fc.string({ unit: "binary", maxLength: 300 }),
);

describe("a Slack message", () => {
  it("keeps every limit, for each type, count and name", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...everyExample),
        fc.constantFrom(1, 2, 12, 1_000),
        names,
        (example, count, name) => {
          const event = named(example, name);
          payload.parse(render(Array.from({ length: count }, () => event)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("keeps them for digests of the largest kind", () => {
    for (const example of everyExample.filter((_, index) => index % 6 === 0)) {
      payload.parse(render(Array.from({ length: 10_000 }, () => example)));
    }
  });

  it("lets Slack find no markup in what others wrote", () => {
    const words = "*bold* _it_ `code` <!channel> <@U123> <https://evil.example|x>";
    for (const example of everyExample) {
      for (const count of [1, 30]) {
        const { blocks, text } = render(Array.from({ length: count }, () => named(example, words)));
        const ours =
          /^(\*[A-Z][a-z ]+\*|(<https:\/\/pixiehook\.example\/[^<>|\s]*\|[A-Za-z0-9, ]+>( {2}· {2})?)+)$/;
        for (const part of texts(blocks, "mrkdwn")) expect(part).toMatch(ours);
        expect(`${text}${texts(blocks, "plain_text").join("")}`).not.toMatch(/[<>]/);
      }
    }
  });

  it("cuts a long list with a count and a link", () => {
    for (const [count, rest] of [
      [49, "34"],
      [10_000, "9,985"],
    ] as const) {
      const more = `<https://pixiehook.example/events/evt_test0|and ${rest} more>`;
      expect(texts(render(favorites(count)).blocks, "mrkdwn")).toContain(more);
    }
    expect(JSON.stringify(render(favorites(15)))).not.toContain("more");
  });

  it("links to where something can be done", () => {
    const { blocks } = render([eventLike("subscription.failing", { object: { subscription: "sub_1" } })]);
    expect(texts(blocks, "mrkdwn").join()).toContain(
      "<https://pixiehook.example/subscriptions/sub_1|See what fails>",
    );
  });
});
