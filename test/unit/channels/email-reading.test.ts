import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmailChannel } from "../../../src/channels/email.js";
import { emailItems, renderEmail } from "../../../src/channels/render/email.js";
import { tell } from "../../../src/channels/render/words.js";
import { startSmtp } from "../../contract/channels/receivers.js";
import { eventLike, everyExample, favorites, hostileNames, messageOf } from "./messages.js";

const telling = { timezone: "UTC", publicUrl: "https://p.example", maxItems: emailItems };
const footer = { recipient: "ann@example.com", unsubscribeUrl: "https://p.example/u" };
const names = [
  ...hostileNames,
  "עברית שלום",
  "أحمد 🎉 *b*",
  "👩‍👩‍👧‍👦",
  "n".repeat(2_000),
  "Zoë\r\nX-Evil: yes",
];

describe("the headers of a mail", () => {
  let server: Awaited<ReturnType<typeof startSmtp>>;
  let channel: ReturnType<typeof createEmailChannel>;
  beforeAll(async () => {
    server = await startSmtp();
    const unsubscribeUrl = (id: string) => `https://p.example/unsubscribe/${id}/${"t".repeat(200)}`;
    channel = createEmailChannel({
      smtp: { url: server.url, from: "Studio <alerts@studio.example>" },
      unsubscribeUrl,
    });
  });
  afterAll(async () => {
    channel.close();
    await server.close();
  });

  it("are ASCII, of lawful length and the same in number, whatever the client is called", async () => {
    for (const name of names) {
      const event = eventLike("favorite.added", {
        client: { id: null, name, email: null },
        account: { id: "acc_1", name },
        collection: { id: "1", name },
      });
      const message = messageOf([event], { type: "email", to: ["ann@example.com"] });
      expect((await channel.send(message, new AbortController().signal)).kind).toBe("delivered");
      const head = server.mails.at(-1)?.raw.split("\r\n\r\n")[0] ?? "";
      expect(head).toMatch(/^[\t\r\n\x20-\x7e]*$/);
      expect(Math.max(...head.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(998);
      const keys = head
        .replace(/\r\n[ \t]+/g, " ")
        .split("\r\n")
        .map((line) => line.split(":")[0]?.toLowerCase());
      expect([...keys].sort()).toEqual([
        "auto-submitted",
        "content-type",
        "date",
        "from",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "message-id",
        "mime-version",
        "subject",
        "to",
      ]);
    }
  });
});

describe("text and HTML", () => {
  it("say the same, for every type and count", () => {
    for (const event of everyExample) {
      for (const count of [1, 2, 1_000]) {
        const story = tell(
          Array.from({ length: count }, () => event),
          telling,
        );
        const { text, html, subject } = renderEmail(story, footer);
        const read = html
          .replace(/<style>[\s\S]*?<\/style>|<[^>]*>/g, "")
          .replaceAll("&quot;", '"')
          .replaceAll("&#39;", "'")
          .replaceAll("&amp;", "&");
        const said = [story.title, story.lead ?? "", ...story.facts.map(({ value }) => value)];
        const listed = story.items.flatMap(({ name, detail }) => [name, detail ?? ""]);
        const links = [story.action?.label ?? "", count > emailItems ? "and 950 more" : ""];
        for (const words of [...said, ...listed, ...links]) {
          expect(text).toContain(words);
          expect(read).toContain(words);
        }
        expect(subject).toBe(story.title);
      }
    }
  });

  it("list what, who and when", () => {
    const events = favorites(60).map((event, index) => ({
      ...event,
      data: {
        ...event.data,
        client: { id: null, name: index % 2 ? "Tom" : "Ann", email: null },
        detected: { ...event.data.detected, occurredAt: new Date(index * 60_000).toISOString() },
      },
    }));
    const { text, html } = renderEmail(tell(events, telling), footer);
    expect(text).toContain("- 00:00  DSC_1000.jpg — Ann\n- 00:01  DSC_1001.jpg — Tom\n");
    expect(text).toContain("1 Jan 1970, 00:00 – 00:59 UTC");
    expect(html.match(/href="https:\/\/p\.example\/events\/evt_test0"[^>]*>and 10 more</g)).toHaveLength(1);
  });
});
