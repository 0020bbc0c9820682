import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSearch } from "../support/secrets/search.js";
import { endStory, markers, type Told, tellStory } from "../support/secrets/story.js";

/**
 * Every secret that pixiehook meets is a text of its own here: fields of each row at each depth, signed URLs wherever
 * text can stand, cookies, passwords, what errors repeat, and its own settings. One long story makes it store, state,
 * deliver, log and show all that it can; then everything is searched for all of them.
 *
 * Allowed to tell a secret are: the answers that create a subscription or rotate its secret, once, to whoever
 * asked; the requests to the receivers, which carry their own headers and address; the api-token and secret-key
 * files of the data folder.
 */
let told: Told;
let findSecrets: ReturnType<typeof createSearch>;

beforeAll(async () => {
  told = await tellStory();
  findSecrets = createSearch(told.shownOnce);
}, 60_000);

afterAll(endStory);

/** Fails with where each secret that is found was planted, and where it came out. */
function expectClean(places: readonly { where: string; text: string | Buffer }[]): void {
  expect(places.length).toBeGreaterThan(0);
  const leaks = places.flatMap(({ where, text }) =>
    [...findSecrets(text)].map(
      (found) =>
        `${where} tells ${told.shownOnce.includes(found) ? "a signing secret or key" : markers.placeOf(found)}`,
    ),
  );
  const distinct = [...new Set(leaks)];
  expect(distinct.slice(0, 40), `${distinct.length} leaks`).toEqual([]);
}

describe("no cookie, PIN, password or signed URL", () => {
  test("is overlooked by the search, however it is spelled", () => {
    const marker = markers.plant("the search itself");
    const packed = deflateRawSync(JSON.stringify({ filler: "a".repeat(100), marker })).toString("base64");
    const spellings = [
      marker.toUpperCase(),
      `{"a":"\\u0053${marker.slice(1)}"}`,
      `%53${marker.slice(1)}`,
      Buffer.from(`x ${marker} y`).toString("hex"),
      Buffer.from(`user:${marker} and more`).toString("base64"),
      Buffer.from(`xx${marker} and more`).toString("base64url"),
      JSON.stringify({ body: packed }),
      Buffer.from(packed).toString("base64"),
    ];
    for (const spelling of spellings) {
      const places = [...createSearch([])(spelling)].map(markers.placeOf);
      expect(places, spelling).toContainEqual(expect.stringMatching(/^the search itself/));
    }
  });
  test("the story made everything happen", () => {
    const types = new Set(told.events.map(({ type }) => type));
    expect([...types].sort()).toMatchInlineSnapshot(`
      [
        "client.created",
        "client.removed",
        "client.updated",
        "collection.created",
        "collection.removed",
        "collection.updated",
        "contract.created",
        "contract.sent",
        "contract.signed",
        "contract.updated",
        "delivery.failed",
        "download.created",
        "download.failed",
        "favorite.added",
        "favorite.removed",
        "favorite.updated",
        "invoice.created",
        "invoice.paid",
        "invoice.removed",
        "invoice.sent",
        "invoice.updated",
        "payment.completed",
        "payment.created",
        "payment.refunded",
        "payment.updated",
        "photo.starred",
        "photo.unstarred",
        "photo_download.created",
        "questionnaire.created",
        "questionnaire.sent",
        "questionnaire.updated",
        "quote.created",
        "quote.sent",
        "quote.updated",
        "session.challenged",
        "session.expired",
        "session.restored",
        "sharing_link.created",
        "sharing_link.removed",
        "sharing_link.updated",
        "source.failing",
        "source.recovered",
        "source.shape_changed",
        "subscription.disabled",
        "video_download.created",
        "video_download.failed",
      ]
    `);
  });
  test("takes along what people wrote", () => {
    const notes = told.events.map(({ data }) => data.object.note);
    expect(notes).toContain("the code is 1234");
    expect(
      notes.filter((note) => /^big: see \(https:\/\/cdn\.example\.com\/p\/[\w-]+\.jpg or /.test(note)),
    ).not.toEqual([]);
  });
  test("makes an event when it rotates", () => {
    const quiet = { polled: expect.any(Number), changed: 0, events: 0, failed: [] };
    expect(told.rotation).toEqual([quiet, quiet]);
  });
  test("stands in Redis", () => {
    expectClean(
      told.stored.flatMap(({ key, values }) => [key, ...values].map((text) => ({ where: key, text }))),
    );
  });
  test("was ever written to Redis", () => {
    const kept = told.files.filter(({ key }) => !/^(api-token|secret-key)/.test(key));
    expectClean(kept.flatMap(({ key, values }) => values.map((text) => ({ where: key, text }))));
  });
  test("stands in an event", () => {
    expectClean(told.events.map((event) => ({ where: event.type, text: JSON.stringify(event) })));
  });
  test("is sent to a webhook, Slack or a mailbox", () => expectClean(told.received));
  test("stands in an answer of the API, an error or a page", () => expectClean(told.answers));
  test("stands in the log", () => expectClean(told.logs));
});
