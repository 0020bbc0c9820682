import { describe, expect, it } from "vitest";
import { clean, moments, span, time } from "../../../src/channels/render/format.js";
import { tell } from "../../../src/channels/render/words.js";
import type { PixiehookEvent } from "../../../src/domain/event.js";
import { money } from "../../../src/domain/money.js";
import { eventLike, everyExample, example, favorites } from "./messages.js";

const telling = { timezone: "America/New_York", publicUrl: "https://p.example", maxItems: 50 };
const story = (...events: PixiehookEvent[]) => tell(events, telling);
const client = (name: string | null, email: string) => ({ id: null, name, email });
const at = (event: PixiehookEvent, occurredAt: string): PixiehookEvent => ({
  ...event,
  data: { ...event.data, detected: { ...event.data.detected, occurredAt } },
});
const at0 = Date.parse("2026-11-01T05:10:00Z");

describe("every type", () => {
  it("reads well alone and as a digest", () => {
    const read = everyExample.map((event) => {
      const one = story(event);
      const two = story(event, { ...event, id: `${event.id}2` });
      const facts = one.facts.map(({ label, value }) => `${label}: ${value}`);
      const items = two.items.map(({ name, detail }) => `${name}${detail === null ? "" : ` — ${detail}`}`);
      return [
        `${event.type}: ${one.title}`,
        ...(one.lead === null ? [] : [`  ${one.lead}`]),
        ...(one.action === null ? [] : [`  [${one.action.label}]`]),
        ...facts.map((fact) => `  ${fact}`),
        `  ×2 ${two.title}`,
        ...(two.lead === null || two.lead === one.lead ? [] : [`  ×2 ${two.lead}`]),
        `  ×2 ${items[0]}`,
      ].join("\n");
    });
    expect(read.join("\n\n")).toMatchSnapshot();
  });

  it("says that the companion brought a session back, and of no other way", () => {
    const lead = (by: string) => story(eventLike("session.restored", { object: { by } })).lead;
    expect(lead("companion")).toBe(
      "The companion in your browser saw to it. Polling goes on. There is nothing to do.",
    );
    for (const by of ["cookies", "credentials", "probe"])
      expect(lead(by)).toBe("Polling goes on. There is nothing to do.");
  });

  it("does without names, and never says null or undefined", () => {
    for (const event of everyExample) {
      const object = Object.fromEntries(Object.keys(event.data.object).map((key) => [key, null]));
      const data = { ...event.data, client: null, collection: null, previous: null, object };
      const bare = { ...event, data: { ...data, account: { ...event.data.account, name: "" } } };
      for (const count of [1, 2]) {
        const told = JSON.stringify(
          [story(...Array.from({ length: count }, () => bare))].map(
            ({ link: _link, action, lead, icon: _icon, ...rest }) => ({
              ...rest,
              action: action?.label,
              lead: lead ?? "",
            }),
          ),
        );
        expect(told.replace(/:null/g, "")).not.toMatch(/null|undefined|NaN|: ?[,.]| {3}/);
      }
    }
  });

  it("says what to do about trouble of pixiehook itself", () => {
    for (const type of ["session.expired", "session.challenged", "source.failing", "flood.held"]) {
      const account = example(type).data.account.id;
      expect(story(example(type)).action?.link).toMatch(`https://p.example/accounts/${account}#`);
    }
    for (const type of ["subscription.failing", "subscription.disabled", "delivery.failed"]) {
      const subscription = example(type).data.object.subscription;
      expect(story(example(type)).action?.link).toBe(`https://p.example/subscriptions/${subscription}`);
      expect(story(example(type), example(type)).action?.link).toBe("https://p.example/subscriptions");
    }
    expect(story(example("subscription.failing")).lead).toBe(
      "Nothing got through since 19 Nov 2026, 05:15 EST. Unless something does, it will be switched off on " +
        "24 Nov 2026, 05:15 EST. Mend the receiver or give another address.",
    );
  });
});

describe("who and where", () => {
  it("count a client by address, whatever the name is by now", () => {
    const [first, second] = [client(null, "jane@example.com"), client("Jane Doe", "jane@example.com")].map(
      (one) => eventLike("favorite.added", { client: one }),
    );
    if (!first || !second) throw new Error("two events");
    const { title, items } = story(first, second);
    expect(title).toBe("Jane Doe favorited 2 photos in Smith Wedding 2025");
    expect(items.map(({ detail }) => detail)).toEqual([null, null]);
  });

  it("name several, the first of many", () => {
    const events = ["Ann", "Bob", "Cy", "Di", "Eve", "Flo"].map((name) =>
      eventLike("favorite.added", { client: client(name, `${name}@example.com`) }),
    );
    expect(story(...events).facts[0]).toEqual({ label: "Clients", value: "Ann, Bob, Cy and 3 more" });
    expect(story(...events.slice(0, 2)).facts[0]).toEqual({ label: "Clients", value: "Ann and Bob" });
  });

  it("see through what cannot be seen", () => {
    expect(clean("\u200d\u2060\u00ad \u3164")).toBeNull();
    expect(clean("👩‍👧")).toBe("👩‍👧");
    expect(clean(`e${"\u0301".repeat(500)}x`)).toBe(`e${"\u0301".repeat(6)}x`);
  });
});

describe("when", () => {
  it("names the zone as its people do", () => {
    const july = "2026-07-01T10:15:00.000Z";
    const zones = ["Europe/London", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "UTC"];
    expect(zones.map((zone) => time(july, zone)?.split(" ").at(-1))).toEqual([
      "BST",
      "EDT",
      "AEST",
      "IST",
      "UTC",
    ]);
    expect(time(july, "Asia/Kathmandu")).toBe("1 Jul 2026, 16:00 GMT+5:45");
  });

  it("says a day and a zone once where they are the same", () => {
    const [start, hour] = [Date.parse("2026-11-20T10:00:00Z"), 3_600_000];
    expect(span(start, start, "UTC")).toBe("20 Nov 2026, 10:00 UTC");
    expect(span(start, start + hour, "UTC")).toBe("20 Nov 2026, 10:00 – 11:00 UTC");
    expect(span(start, start + 20 * hour, "UTC")).toBe("20 Nov 2026, 10:00 – 21 Nov 2026, 06:00 UTC");
    // The hour that comes twice on 1 November in New York.
    expect(span(at0, at0 + hour, "America/New_York")).toBe("1 Nov 2026, 01:10 EDT – 1 Nov 2026, 01:10 EST");
  });

  it("tells apart the moments of a list, and says nothing where all are one", () => {
    const [hour, zone] = [3_600_000, "America/New_York"];
    expect(moments([at0, at0 + 1_000], zone)).toBeNull();
    expect(moments([at0, at0 + hour], zone)?.(at0 + hour)).toBe("01:10 EST");
    expect(moments([at0, at0 - hour], zone)?.(at0)).toBe("01:10");
    expect(moments([at0, at0 - 2 * hour, at0 - 30 * hour], zone)?.(at0)).toBe("1 Nov, 01:10");
    const items = favorites(2).map((event, index) => at(event, `2026-11-20T1${index}:00:00Z`));
    expect(story(...items).items.map(({ when }) => when)).toEqual(["05:00", "06:00"]);
  });
});

describe("how much", () => {
  it("tells a payment by its amount, and a part that was paid back as a part", () => {
    const payment = eventLike("payment.completed", { client: client("Tom", "tom@example.com") });
    const { title, items } = story(payment, example("payment.completed"));
    expect(title).toBe("2 payments received: £500.00 from 2 clients");
    expect(items[0]).toMatchObject({ name: "£250.00", detail: "Tom · card" });
    const part = eventLike("payment.refunded", { object: { status: "partially_refunded" } });
    expect(story(part).title).toBe("Payment of £250.00 partly refunded to Jane Doe");
  });

  it("writes amounts of nothing, below nothing and in odd currencies", () => {
    const spaced = (amount: number, currency: string) => money(amount, currency)?.replace(/\s/g, " ");
    expect([spaced(-0, "GBP"), spaced(-123_456, "USD")]).toEqual(["£0.00", "-US$1,234.56"]);
    expect([spaced(-1_500, "BHD"), spaced(1_500, "CLP")]).toEqual(["-BHD 1.500", "CLP 1,500"]);
    expect(spaced(1_500, "ZZZ")).toBe("ZZZ 15.00");
    const unknown = { currency: null, amountFormatted: "500,00 kr" };
    expect(story(eventLike("invoice.paid", { object: unknown })).title).toBe(
      "Invoice INV-001 paid: 500,00 kr",
    );
  });
});
