import { describe, expect, it } from "vitest";
import { newReplay, type Replay } from "../../src/domain/replay.js";
import { createBrowser } from "./support/browser.js";
import { accountId, at, makeAccount, makeSubscription, subscriptionId } from "./support/fixtures.js";

const path = `/subscriptions/${subscriptionId}`;
const since = "2026-11-18T08:00:00.000Z";

async function withReplay(overrides: Partial<Replay> | null) {
  const browser = createBrowser();
  const { state } = browser;
  state.accounts.set(accountId, makeAccount());
  state.subscriptions.set(subscriptionId, makeSubscription());
  const told = { id: "rpl_1", subscription: subscriptionId, now: at(0), lastMade: 0 };
  if (overrides !== null)
    state.replays.push({ ...newReplay({ since, until: null, only: "failed" }, told), ...overrides });
  await browser.signIn();
  const page = async (address: string) => (await browser.get(address)).text();
  return { ...browser, page };
}

describe("a replay", () => {
  it("shows how far it has come, and keeps itself fresh while it runs", async () => {
    const { page, state, submit } = await withReplay({ count: 40, queued: 12 });
    const html = await page(path);
    expect(html).toContain("What failed since 18 Nov 2026, 08:00:00 UTC: 12 of 40 events so far.");
    expect(html).toMatch(/<progress [^>]*max="40" value="12"/);
    expect(html).toMatch(/id="send-again" data-refresh="2"/);
    expect(html).not.toContain(`action="${path}/replay"`);
    const stopped = await submit(`${path}/replays/rpl_1/cancel`);
    expect(stopped).toContain("Stopped. What is in the mailbox is still sent.");
    expect(state.replays[0]?.status).toBe("cancelled");
    expect(stopped).not.toContain("<progress");
    expect(stopped).not.toMatch(/id="send-again" data-refresh/);
    expect(stopped).toContain(`action="${path}/replay"`);
  });

  it("has a bar without an end where nobody knows how many there are", async () => {
    const { page } = await withReplay({ count: null, queued: 1_200 });
    const html = await page(path);
    expect(html).toContain("1,200 events so far.");
    expect(html).toMatch(/<progress aria-label="[^"]*"><\/progress>/);
  });

  it("says what came of it, and of what time it was", async () => {
    const done = { status: "done", finishedAt: at(4), queued: 2, skipped: 3 } as const;
    const { page, state } = await withReplay({ ...done, until: "2026-11-19T08:00:00.000Z" });
    const html = await page(path);
    expect(html).toContain("from 18 Nov 2026, 08:00:00 UTC to 19 Nov 2026, 08:00:00 UTC, 2 events.");
    expect(html).toContain("3 others that it wanted were left");
    const [replay] = state.replays;
    if (replay) state.replays[0] = { ...replay, queued: 0, skipped: 0 };
    expect(await page(path)).toContain("Nothing in that time was for it.");
  });

  it("reaches as far back as events are kept, and says how far that is", async () => {
    const browser = createBrowser({ retentionMs: 12 * 3_600_000 });
    browser.state.subscriptions.set(subscriptionId, makeSubscription());
    await browser.signIn();
    const html = await (await browser.get(path)).text();
    expect(html).toContain("Events are kept for 12 hours.");
    expect(html).toContain('<option value="12">The last 12 hours</option>');
    expect(html).not.toContain("The last 24 hours");
  });

  it("is asked for by a span, or by a time of one's own in UTC", async () => {
    const { submit, state } = await withReplay(null);
    const ask = (fields: Record<string, string>) => submit(`${path}/replay`, fields);
    expect(await ask({ only: "missing", hours: "168" })).toContain("3 events are sent again now.");
    expect(state.replays.at(-1)).toMatchObject({ only: "missing", since: "2026-11-13T10:00:05.000Z" });
    const range = { since: "2026-11-18T08:00", until: "2026-11-19T09:30" };
    await ask({ only: "all", hours: "own", ...range });
    const own = { only: "all", since, until: "2026-11-19T09:30:00.000Z" };
    expect(state.replays.at(-1)).toMatchObject(own);
    // A span was chosen: what stands in the other fields does not count.
    await ask({ only: "all", hours: "1", ...range });
    expect(state.replays.at(-1)?.since).toBe("2026-11-20T09:00:05.000Z");
  });

  it.each([
    [{ only: "failed", hours: "own", since: "", until: "" }, "since", "Say since when"],
    [{ only: "failed", hours: "own", since: "2027-01-01T00:00", until: "" }, "since", "still to come"],
    [{ only: "failed", hours: "own", since: "2026-11-18T08:00", until: "x" }, "until", "leave it empty"],
    [
      { only: "failed", hours: "own", since: "2026-11-18T08:00", until: "2026-11-18T07:00" },
      "until",
      "must be later",
    ],
    [{ only: "failed", hours: "5" }, "hours", "Choose how far back."],
    [{ only: "nothing", hours: "1" }, "only", "Choose what is sent again."],
  ])("that cannot be meant is refused beside the field: %o", async (fields, field, problem) => {
    const { post, formToken, state } = await withReplay(null);
    const sent: Record<string, string> = Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined),
    );
    const response = await post(`${path}/replay`, { form: await formToken(), ...sent });
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(html).toMatch(new RegExp(`id="${field}-problem">[^<]*${problem}`));
    expect(html).toContain(`aria-describedby="${field}-problem"`);
    expect(html).toContain('<details class="card again" id="replay-form" open="">');
    if (sent.since) expect(html).toContain(`value="${sent.since}"`);
    expect(state.replays).toEqual([]);
  });

  it("passes on that another one runs", async () => {
    const { submit, state } = await withReplay(null);
    const detail = "The replay rpl_2 is not done.";
    state.refuse["replays.begin"] = { kind: "refused", code: "replay_running", detail };
    expect(await submit(`${path}/replay`, { only: "failed", hours: "1" })).toContain(detail);
  });
});
