import { describe, expect, it, test } from "vitest";
import { renderEmail } from "../../../src/channels/render/email.js";
import { renderSlack } from "../../../src/channels/render/slack.js";
import { tell } from "../../../src/channels/render/words.js";
import { eventTypes } from "../../../src/domain/catalog.js";
import { makeSample } from "../../../src/domain/sample.js";
import { example } from "./messages.js";

const account = { id: "acc_7d3k9m2p5q8r1s4t", name: "Real Studio" };
const telling = { timezone: "Europe/London", publicUrl: "https://p.example", maxItems: 5 };
const footer = { recipient: "ana@example.com", unsubscribeUrl: "https://p.example/u" };
const sampleOf = (entry: (typeof eventTypes)[number], nonce = "one") =>
  makeSample(entry, [], { account, now: "2026-11-20T10:15:00.000Z", nonce });

test("people see of every sample, alone and in a digest, that it is one", () => {
  for (const entry of eventTypes) {
    for (const events of [[sampleOf(entry)], [sampleOf(entry), sampleOf(entry, "two")]]) {
      const story = tell(events, telling);
      const { subject, text, html } = renderEmail(story, footer);
      expect(subject, entry.type).toMatch(/^Sample: /);
      for (const written of [text, html]) expect(written).toContain("nothing happened");
      const slack = renderSlack(story);
      expect(slack.text).toContain("Sample: ");
      expect(JSON.stringify(slack.blocks)).toContain("nothing happened");
    }
  }
});

describe("what happened", () => {
  it("carries no such mark", () => {
    for (const { type } of eventTypes) {
      const story = tell([example(type)], telling);
      expect(`${story.title} ${story.lead}`, type).not.toMatch(/sample/i);
    }
  });
});

test("a sample says what the real one advises to do", () => {
  const entry = eventTypes.find(({ type }) => type === "session.expired");
  if (!entry) throw new Error("no such type");
  const real = tell([example("session.expired")], telling).lead;
  expect(tell([sampleOf(entry)], telling).lead).toMatch(
    new RegExp(`nothing happened\\. A real one says: ${real?.slice(0, 30)}`),
  );
});
