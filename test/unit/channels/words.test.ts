import { describe, expect, it } from "vitest";
import { clean, cut, day, plural, time } from "../../../src/channels/render/format.js";
import { tell } from "../../../src/channels/render/words.js";
import { size } from "../../../src/domain/bytes.js";
import type { PixiehookEvent } from "../../../src/domain/event.js";
import { money } from "../../../src/domain/money.js";
import { eventLike, everyExample, example, favorites } from "./messages.js";

const telling = { timezone: "Europe/London", publicUrl: "https://p.example", maxItems: 5 };
const title = (...events: PixiehookEvent[]) => tell(events, telling).title;
const nobody = { id: null, name: null, email: null };

describe("titles", () => {
  it("say what happened, for every type of the catalogue, alone and together", () => {
    const titles = everyExample.map(
      (event) => `${event.type}: ${title(event)} | ${title(event, event, event)}`,
    );
    expect(titles.join("\n")).toMatchSnapshot();
  });

  it("do without what is unknown", () => {
    const bare = { client: null, collection: null };
    expect(title(eventLike("favorite.added", { ...bare, object: { media: null } }))).toBe(
      "Someone favorited a photo",
    );
    expect(title(eventLike("favorite.added", { client: nobody, collection: { id: "1", name: null } }))).toBe(
      "Someone favorited DSC_0421.jpg",
    );
    const invoice = { number: null, amount: null, amountFormatted: null, currency: null };
    expect(title(eventLike("invoice.paid", { ...bare, object: invoice }))).toBe("Invoice paid");
    expect(title(eventLike("payment.completed", { ...bare, object: { amount: null } }))).toBe(
      "Payment received",
    );
  });

  it("count clients and collections that differ", () => {
    const events = favorites(3).map((event, index) => ({
      ...event,
      data: {
        ...event.data,
        client: { ...nobody, name: `Client ${index}` },
        collection: { id: `${index}`, name: `C${index}` },
      },
    }));
    expect(title(...events)).toBe("3 clients favorited 3 photos in 3 collections");
    expect(tell(events, telling).items[0]).toMatchObject({ name: "DSC_1000.jpg", detail: "Client 0 · C0" });
  });

  it("add up one currency and no two", () => {
    const dollars = eventLike("invoice.paid", { object: { currency: "USD" } });
    expect(title(example("invoice.paid"), example("invoice.paid"))).toBe("2 invoices paid: £1,000.00");
    expect(title(example("invoice.paid"), dollars)).toBe("2 invoices paid");
  });

  it("work for types and mixtures that nobody has words for", () => {
    expect(title({ ...example("client.created"), type: "photo_album.moved_away" })).toBe(
      "Photo album moved away: Jane Doe",
    );
    expect(title({ ...example("client.created"), type: "constructor" })).toBe("Constructor: Jane Doe");
    expect(title(example("client.created"), example("invoice.paid"))).toBe("2 events in Smith Studio");
  });
});

describe("facts", () => {
  const facts = (event: PixiehookEvent) =>
    Object.fromEntries(tell([event], telling).facts.map(({ label, value }) => [label, value]));
  it("show what changed", () => {
    expect(facts(example("invoice.updated")).Changed).toBe("due date: 27 Nov 2026 → 4 Dec 2026");
    expect(facts(example("quote.updated")).Changed).toBe("amount: £1,700.00 → £1,800.00");
    expect(facts(example("favorite.updated")).Note).toBe("“Cover, please”");
    expect(facts(example("favorite.updated"))).not.toHaveProperty("Changed");
  });
  it("say who with the address, once", () => {
    expect(facts(example("client.updated"))).toMatchObject({ Client: "Jane Doe, jane@example.com" });
    expect(facts(example("client.updated"))).not.toHaveProperty("Email");
  });
  it("explain what pixiehook says of itself", () => {
    const story = tell([example("session.expired")], telling);
    expect(story.attention).toBe(true);
    expect(story.lead).toMatch(/polling waits/);
    expect(story.link).toBe(`https://p.example/events/${example("session.expired").id}`);
  });
});

describe("formats", () => {
  it("write money from minor units", () => {
    expect(money(50_000, "GBP")).toBe("£500.00");
    expect(money(500, "JPY")).toBe("JP¥500");
    expect(money(1_234_567, "kwd")?.replace(/\s/g, " ")).toBe("KWD 1,234.567");
    expect(money(-5, "EUR")).toBe("-€0.05");
    // Intl shows these without decimals; their smallest unit has two all the same.
    expect(money(50_000, "HUF")?.replace(/\s/g, " ")).toBe("HUF 500.00");
    expect(money(50_000, "IDR")?.replace(/\s/g, " ")).toBe("IDR 500.00");
    expect(money(500, "ISK")?.replace(/\s/g, " ")).toBe("ISK 500");
    expect(money(1, null)).toBeNull();
    expect(money("1", "EUR")).toBeNull();
    expect(money(1, "€")).toBeNull();
  });
  it("write times in the zone, and days as they are", () => {
    expect(time("2026-07-01T10:15:00.000Z", "Europe/London")).toBe("1 Jul 2026, 11:15 BST");
    expect(time("nonsense", "UTC")).toBeNull();
    expect(day("2026-12-04", "America/New_York")).toBe("4 Dec 2026");
    expect(day("next week", "UTC")).toBe("next week");
  });
  it("write sizes and counts", () => {
    expect([size(8_412_220), size(999), size(0), size(null)]).toEqual(["8.4 MB", "999 B", null, null]);
    expect([plural(1, "photo"), plural(1_204, "photo")]).toEqual(["1 photo", "1,204 photos"]);
  });
  it("clean and cut text", () => {
    expect(clean(" a\r\n\u202eb\u0000 ")).toBe("a b");
    expect(clean("\ud800")).toBeNull();
    expect(cut("ab👩cd", 4)).toBe("ab…");
    expect(cut("abcd", 4)).toBe("abcd");
  });
});
