import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDraft, type SubscriptionDraft } from "../../../src/dashboard/subscription-draft.js";
import { readAmount, writeAmount } from "../../../src/dashboard/subscription-draft-amount.js";
import { checkDraft, checkEdit, checkWish } from "../../../src/dashboard/subscription-draft-check.js";
import { draftOf } from "../../../src/dashboard/subscription-draft-of.js";
import { zoneSentence } from "../../../src/dashboard/subscription-draft-summary.js";
import { triesSentence } from "../../../src/dashboard/subscription-draft-words.js";
import { matchesPattern } from "../../../src/domain/catalog.js";
import type { SubscriptionInput } from "../../../src/domain/subscription.js";
import { makeAccount, makeSubscription } from "../../api/support/fixtures.js";
import { anyInput, anySubscription } from "../../support/subscriptions.js";

const severalLines = ["headers", "email", "clients", "moreCollections"];

/** What a browser makes of a draft: no line breaks in fields of one line, and its own line breaks elsewhere. */
function sent(draft: SubscriptionDraft): SubscriptionDraft {
  const fields = Object.entries(draft).map(([name, value]): [string, unknown] => {
    if (typeof value === "boolean") return [name, value ? "on" : undefined];
    if (typeof value !== "string") return [name, value ?? undefined];
    if (!severalLines.includes(name)) return [name, value.replaceAll(/[\r\n]/g, "")];
    return [name, value.replaceAll(/\r\n|\r|\n/g, "\r\n")];
  });
  return readDraft(Object.fromEntries(fields));
}

/** Lists without order, and patterns without those that others cover. */
function meaning(input: SubscriptionInput): unknown {
  const tidy = (patterns: readonly string[] = []) =>
    [...new Set(patterns)]
      .filter((type) => !patterns.some((other) => other !== type && matchesPattern(other, type)))
      .sort();
  const sorted = (list: readonly string[] = []) => [...new Set(list.map((text) => text.trim()))].sort();
  const { events, filter, digest, quietHours, channel } = input;
  return {
    ...input,
    events: tidy(events),
    filter: { ...filter, clients: sorted(filter?.clients), collections: [...new Set(filter?.collections)] },
    digest: digest && { ...digest, events: tidy(digest.events) },
    quietHours: quietHours && { ...quietHours, except: tidy(quietHours.except) },
    channel: channel.type === "email" ? { ...channel, to: sorted(channel.to) } : channel,
  };
}

describe("opening a subscription and saving it", () => {
  it("changes nothing, whatever it is", () => {
    fc.assert(
      fc.property(anySubscription, (subscription) => {
        expect(checkEdit(sent(draftOf(subscription)), subscription, [])).toEqual({ patch: {} });
      }),
      { numRuns: 80 },
    );
  });

  it("keeps clients and collections of which the form shows nothing", () => {
    const subscription = makeSubscription({ filter: { clients: [" ", ","], collections: ["\n"] } });
    expect(checkEdit(sent(draftOf(subscription)), subscription, [])).toEqual({ patch: {} });
  });

  it("with one answer changed changes that alone", () => {
    const changes: readonly [keyof SubscriptionInput, Partial<SubscriptionDraft>][] = [
      ["description", { description: "Another name" }],
      ["events", { events: ["client.created", "photo.starred"] }],
      ["filter", { clients: "eva@smith.example", amount: "12.34" }],
      ["digest", { together: "every", every: "29d", digestEvents: [] }],
      ["quietHours", { quietFrom: "00:01", quietTo: "00:02" }],
      ["retry", { delays: "9s 9s 9s" }],
      ["limits", { perSecond: "0.123" }],
    ];
    fc.assert(
      fc.property(anySubscription, fc.constantFrom(...changes), (subscription, [name, change]) => {
        const checked = checkEdit(sent({ ...draftOf(subscription), ...change }), subscription, []);
        expect("patch" in checked && Object.keys(checked.patch)).toEqual([name]);
      }),
      { numRuns: 80 },
    );
  });

  it("keeps the secret parts of the channel beside what changes in it", () => {
    const headers = { Authorization: "Bearer secret", "X-Old": "old" };
    const channel = {
      type: "webhook",
      url: "https://example.com/hook?key=secret",
      format: "standard",
      headers,
      asymmetric: false,
    } as const;
    const stored = makeSubscription({ channel });
    const draft = draftOf(stored);
    expect(JSON.stringify(draft)).not.toContain("secret");
    const changed = { ...draft, asymmetric: true, keptHeaders: ["Authorization"], headers: "X-New: new" };
    expect(checkEdit(changed, stored, [])).toEqual({
      patch: {
        channel: {
          ...channel,
          asymmetric: true,
          headers: { Authorization: "Bearer secret", "X-New": "new" },
        },
      },
    });
    const replaced = { ...draft, headers: "authorization: Bearer other" };
    expect(checkEdit(replaced, stored, [])).toMatchObject({
      patch: { channel: { headers: { authorization: "Bearer other", "X-Old": "old" } } },
    });
  });
});

describe("a draft", () => {
  it("says all that a subscription is", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        // What is not shown cannot be told from the form alone; nor what no form can hold.
        const { channel } = input;
        fc.pre(
          channel.type === "email" || isDeepStrictEqual(channel.type === "webhook" && channel.headers, {}),
        );
        fc.pre(channel.type !== "webhook" || !/[?#]/.test(channel.url));
        const plain = !/[,;\r\n]/.test(input.filter?.clients?.join("") ?? "");
        fc.pre(plain && !input.filter?.clients?.some((text) => text.trim() === ""));
        fc.pre(input.filter === null || Object.keys(input.filter).length > 0);
        const off = !input.enabled && input.paused;
        fc.pre(!off && input.description === input.description.trim());
        const stored = makeSubscription({ ...input, digest: input.digest ?? null });
        const checked = checkDraft(sent(draftOf(stored)), []);
        expect("input" in checked && meaning(checked.input)).toEqual(meaning(input));
      }),
      { numRuns: 80 },
    );
  });

  it("finds collections by name, and says when it cannot", () => {
    const collections = [
      { id: "11", name: "Smith Wedding", account: "Smith Studio" },
      { id: "12", name: "Twice", account: "Smith Studio" },
      { id: "13", name: "twice", account: "Smith Studio" },
    ];
    const wish = (moreCollections: string) => {
      const draft = { ...draftOf(makeSubscription()), collections: ["9"], moreCollections };
      return checkWish(draft, { stored: null, collections });
    };
    expect(wish("smith wedding\r\n77\r\n13")).toMatchObject({
      input: { filter: { collections: ["9", "11", "77", "13"] } },
    });
    expect(wish("Jones Wedding")).toEqual({
      problems: {
        collections:
          "No collection “Jones Wedding” is known: write its name as Pixieset shows it, or its number.",
      },
    });
    expect(wish("Twice")).toMatchObject({ problems: { collections: expect.stringContaining("12 or 13") } });
  });
});

describe("an amount", () => {
  it("is written and read exactly, in every unit", () => {
    const units = fc.constantFrom("USD", "JPY", "KWD");
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), units, (amount, unit) => {
        expect(readAmount(writeAmount(amount, unit as "USD"), unit as "USD")).toBe(amount);
      }),
    );
  });

  it.each([
    ["500", "USD", 50_000],
    ["500.00", "USD", 50_000],
    ["500,5", "USD", 50_050],
    ["0.07", "USD", 7],
    ["500", "JPY", 500],
    ["1.5", "KWD", 1_500],
    ["1.234", "USD", "At most 2 decimals"],
    ["1,000", "USD", "At most 2 decimals"],
    ["1,000", "KWD", "without separators of thousands, such as 500.000"],
    ["500.00", "JPY", "no decimals: write a whole number such as 500"],
    ["$500", "USD", "Write only the number"],
    ["-1", "USD", "Write only the number"],
    ["90071992547409.92", "USD", "more than can be compared"],
  ] as const)("reads %s in %s", (text, unit, wanted) => {
    const read = readAmount(text, unit);
    if (typeof wanted === "number") expect(read).toBe(wanted);
    else expect(read).toContain(wanted);
  });
});

it.each([
  ["5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 24h", "10 tries over 3 days."],
  ["1m", "2 tries over 60 s."],
  ["", "One try, and none after it."],
  ["soon", "This cannot be added up yet."],
])("adds up the waits %s", (delays, sentence) => {
  expect(triesSentence(delays)).toBe(sentence);
});

it("says whose clock counts", () => {
  const smith = makeAccount({ timezone: "Europe/London" });
  const jones = makeAccount({ id: "acc_2", name: "Jones", timezone: "America/New_York" });
  expect(zoneSentence([smith, jones], smith.id)).toBe("In the time zone Europe/London of Smith Studio.");
  expect(zoneSentence([smith, jones], "")).toBe(
    "In the time zone of each account: Smith Studio in Europe/London, Jones in America/New_York.",
  );
});
