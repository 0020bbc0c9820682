import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { judgeAccount } from "../../../src/cli/doctor/account.js";
import type { AccountAnswer, SourceAnswer, SubscriptionAnswer } from "../../../src/cli/doctor/answers.js";
import type { Finding } from "../../../src/cli/doctor/finding.js";
import { printReport } from "../../../src/cli/doctor/print.js";
import { judgeSubscriptions } from "../../../src/cli/doctor/subscriptions.js";
import { createClient, UnansweredError } from "../../../src/cli/remote/client.js";
import { findToken, judgeNode, judgeSettings, readAddress } from "../../../src/cli/remote/settings.js";
import type { MailboxState } from "../../../src/domain/mailbox.js";
import { makeAccount, makeForecast, makeMailbox, makeSubscription } from "../../api/support/fixtures.js";
import { createTerminal } from "../../support/terminal.js";

const page = "http://pixiehook.test/accounts/acc_1";
const account: AccountAnswer = makeAccount({ id: "acc_1" });
const healthy = { account, forecast: makeForecast(), troubled: [], holds: [] };

function source(more: Partial<SourceAnswer>): SourceAnswer {
  return {
    resource: "favorites",
    collection: null,
    status: "failing",
    failures: 3,
    reason: "HTTP 500",
    ...more,
  };
}

const codes = (findings: readonly Finding[]) => findings.map(({ level, code }) => `${level} ${code}`);

test("an account that is well has its delay told, and nothing else", () => {
  const findings = judgeAccount(healthy, page);
  expect(codes(findings)).toEqual(["good session_active", "good delay"]);
  expect(findings[1]?.text).toBe(
    "12 sources, 30 requests a minute. Changes are found in about 4 min on average; with twice the budget in about 2 min.",
  );
});

test("what is wrong with a session says what to do, but for credentials that renew it", () => {
  const withSession = (session: Partial<AccountAnswer["session"]>) =>
    judgeAccount({ ...healthy, account: { ...account, session: { ...account.session, ...session } } }, page);
  for (const status of ["expired", "challenged", "unverified"] as const) {
    const [finding, ...others] = withSession({ status, reason: "Because of the test." });
    expect(finding).toMatchObject({ level: "problem", code: `session_${status}` });
    expect(finding?.text).toContain("Because of the test.");
    expect(finding?.remedy).toContain(`\`pixiehook connect ${account.id}\`, or at ${page}#session`);
    expect(others).toEqual([]);
  }
  expect(codes(withSession({ status: "expired", renewal: "credentials" }))).toEqual([
    "notice session_expired",
  ]);
});

test("an account that a browser reads waits for it, and says what to do", () => {
  const readBy = (browser: AccountAnswer["browser"], session: Partial<AccountAnswer["session"]> = {}) => {
    const read = { ...account, readBy: "browser" as const, browser };
    return judgeAccount(
      { ...healthy, account: { ...read, session: { ...account.session, ...session } } },
      page,
    );
  };
  const lastHeardAt = "2026-11-20T10:15:00.000Z";
  expect(codes(readBy({ status: "connected", lastHeardAt }))).toEqual(["good session_active", "good delay"]);
  const away = readBy({ status: "away", lastHeardAt });
  expect(codes(away)).toEqual(["good session_active", "notice browser_away"]);
  expect(away[1]?.text).toBe(
    "It waits for the browser that reads it, last heard of at 2026-11-20T10:15:00Z: nothing is polled.",
  );
  expect(away[1]?.remedy).toMatch(/^Open that browser: .*PATCH \/v1\/accounts\/acc_1 with/);
  const missing = readBy(null, { status: "expired" });
  expect(codes(missing)).toEqual(["problem session_expired", "problem browser_missing"]);
  expect(missing[0]?.remedy).toContain("Sign in to Pixieset in the browser");
  expect(missing[1]?.remedy).toContain(`Pair one at ${page}.`);
  const server = { ...account, browser: { status: "away" as const, lastHeardAt } };
  expect(codes(judgeAccount({ ...healthy, account: server }, page))).not.toContain("notice browser_away");
});

test("a thousand sources with three reasons are three findings, the most first", () => {
  const troubled = [
    ...Array.from({ length: 990 }, (_, index) =>
      source({
        collection: { id: String(index), name: `Wedding ${index}` },
        reason: `/collections/${90_516_387 + index} answered 500.`,
      }),
    ),
    ...Array.from({ length: 9 }, () =>
      source({ resource: "quotes", status: "off", reason: "Not of your plan." }),
    ),
    source({ resource: "invoices", failures: 1, reason: "No answer." }),
  ];
  const findings = judgeAccount({ ...healthy, troubled }, page);
  expect(codes(findings)).toEqual([
    "good session_active",
    "problem sources_failing",
    "notice sources_off",
    "notice sources_failing",
    "good delay",
  ]);
  expect(findings[1]?.text).toBe(
    "990 sources are failing (Favorites of Wedding 0, Favorites of Wedding 1 and 988 more): /collections/90516387 answered 500.",
  );
  expect(findings[3]?.text).toBe("1 source is failing (Invoices): No answer.");
});

test("a budget that is slowed down, rests, or is too small", () => {
  const restingUntil = "2026-11-20T11:00:00.000Z";
  const budget = { ...account.budget, effectiveRequestsPerMinute: 7.5, pace: 0.25, restingUntil };
  const forecast = makeForecast({
    effectiveRequestsPerMinute: 7.5,
    usedRequestsPerMinute: 7.5,
    expectedDelaySeconds: 960,
    keepsMaxInterval: false,
    requestsPerMinuteForMaxInterval: 9.4,
  });
  const slowed = judgeAccount({ ...healthy, account: { ...account, budget }, forecast }, page);
  expect(codes(slowed)).toEqual([
    "good session_active",
    "notice budget_resting",
    "notice budget_slowed",
    "good delay",
    "notice max_interval",
  ]);
  expect(slowed[1]?.text).toContain("before 2026-11-20T11:00:00Z");
  expect(slowed[4]?.remedy).toContain("not slowed down any more");
  const small = makeForecast({ keepsMaxInterval: false, requestsPerMinuteForMaxInterval: 41.7 });
  expect(judgeAccount({ ...healthy, forecast: small }, page).at(-1)?.remedy).toContain(
    "Set polling.requestsPerMinute to 41.7 or more",
  );
});

test("subscriptions: switched off, failing, without a mail server", () => {
  const address = "http://pixiehook.test";
  const attempt = {
    at: "2026-11-20T10:00:00.000Z",
    durationMs: 1,
    outcome: "retry" as const,
    error: "HTTP 500",
  };
  const subscription: SubscriptionAnswer = { ...makeSubscription(), mailbox: makeMailbox() };
  const delivery = { id: "dlv_1", status: "pending" as const, attempts: [attempt], attemptCount: 1 };
  const judge = (
    more: Partial<SubscriptionAnswer>,
    deliveries: Parameters<typeof judgeSubscriptions>[0][number]["deliveries"] = [],
    email: boolean | null = null,
  ) =>
    codes(judgeSubscriptions([{ subscription: { ...subscription, ...more }, deliveries }], address, email));
  expect(judge({})).toEqual(["good subscriptions"]);
  expect(judge({ enabled: false })).toEqual(["good subscriptions"]);
  const disabledReason = "The endpoint answered 410 Gone";
  expect(judge({ enabled: false, disabledReason })).toEqual(["problem subscription_disabled"]);
  expect(judge({}, [delivery])).toContain("notice delivery_retried");
  expect(judge({}, [{ ...delivery, attemptCount: 3 }])).toContain("problem delivery_retried");
  expect(judge({}, [{ ...delivery, status: "failed" }])).toContain("problem delivery_failed");
  const later = { ...attempt, at: "2026-11-20T10:00:05.000Z", outcome: "delivered" as const };
  expect(judge({}, [delivery, { ...delivery, status: "delivered", attempts: [later] }])).toEqual([
    "good subscriptions",
  ]);
  const channel = { type: "email" as const, to: ["ana@smith.example"] };
  expect(judge({ channel }, [], false)).toContain("notice email_not_configured");
  for (const known of [true, null]) expect(judge({ channel }, [], known)).toEqual(["good subscriptions"]);
});

test("subscriptions whose mailbox does not send: one finding each, with what to do", () => {
  const now = new Date("2026-11-20T10:00:00.000Z");
  const attempt = { at: now.toISOString(), durationMs: 1, outcome: "retry" as const, error: "HTTP 500" };
  const delivery = { id: "dlv_1", status: "pending" as const, attempts: [attempt], attemptCount: 1 };
  const judge = (mailbox: Partial<MailboxState>) => {
    const subscription = { ...makeSubscription(), description: "CRM", mailbox: makeMailbox(mailbox) };
    const told = [{ subscription, deliveries: [delivery] }];
    const [summary, finding, ...others] = judgeSubscriptions(told, "http://pixiehook.test", null, now);
    expect(summary?.text).toBe("1 subscription on.");
    expect(others).toEqual([]);
    return finding;
  };
  const rest = {
    status: "resting",
    restsUntil: "2026-11-20T10:05:00.000Z",
    failures: 6,
    waiting: 34,
  } as const;
  const failing = { failingSince: "2026-11-19T08:00:00.000Z", disablesAt: "2026-11-24T08:00:00.000Z" };
  expect(judge({ ...rest, restReason: "failures" })).toMatchObject({
    level: "problem",
    code: "subscription_resting",
    text: "CRM. Resting until 10:05:00 UTC: the receiver failed 6 times in a row. One delivery is tried then. 34 deliveries wait. The last answer: HTTP 500.",
    remedy: expect.stringContaining("Mend the receiver"),
  });
  expect(judge({ ...rest, restReason: "asked" })).toMatchObject({
    level: "notice",
    code: "subscription_resting",
    text: "CRM. Resting until 10:05:00 UTC: the receiver asked for a pause. 34 deliveries wait.",
  });
  expect(judge({ status: "waiting", waiting: 2, ...failing })).toMatchObject({
    level: "problem",
    code: "subscription_failing",
    text: "CRM. Failing for 26 h; will be switched off on 24 Nov 2026, 08:00:00 UTC if it goes on. 2 deliveries wait. The last answer: HTTP 500.",
  });
  expect(judge({ ...rest, ...failing, restReason: "asked" })?.level).toBe("problem");
  expect(judge({ status: "paused", waiting: 34, ...failing })).toMatchObject({
    level: "notice",
    code: "subscription_paused",
    remedy: expect.stringContaining("Resume it"),
  });
  expect(judge({ status: "waiting", waiting: 1, failingSince: now.toISOString() })?.code).toBe(
    "delivery_retried",
  );
});

test("Node, settings and tokens", async () => {
  expect(judgeNode("20.17.0").level).toBe("problem");
  for (const version of ["20.18.0", "22.1.0", "30.0.0"]) expect(judgeNode(version).level).toBe("good");
  const wrong = judgeSettings({ PORT: "many", PIXIEHOOK_API_TOKEN: "too short" });
  expect(wrong.findings.map(({ level }) => level)).toEqual(["problem", "problem"]);
  expect(JSON.stringify(wrong)).not.toContain("too short");
  // What cannot stand in a header would be repeated by the error about it.
  expect(await findToken("secret\r\ntoken", null)).toEqual({ token: null, from: "--token" });
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-doctor-"));
  await writeFile(join(folder, "api-token"), "of-the-service-here");
  const config = readAddress({ PIXIEHOOK_DATA_DIR: folder });
  expect(await findToken(null, config)).toMatchObject({ token: "of-the-service-here" });
  // A token is not sent to an address that somebody gave.
  expect(await findToken(null, config, true)).toEqual({ token: null, from: "PIXIEHOOK_API_TOKEN" });
  await rm(folder, { recursive: true });
});

test("lists are read page by page, and a token goes nowhere else", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const after = Number(new URL(request.url ?? "", "http://x").searchParams.get("after") ?? 0);
    if (request.url === "/moved") response.writeHead(302, { location: "/elsewhere" }).end();
    else response.end(JSON.stringify({ data: [after], next: after < 4 ? String(after + 1) : null }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    const client = createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "token");
    expect(await client.list("/things", z.number())).toEqual([0, 1, 2, 3, 4]);
    expect(await client.list("/things?status=off", z.number(), 2)).toEqual([0, 1]);
    expect(asked.at(-1)).toBe("/things?status=off&limit=2&after=1");
    await expect(client.get("/moved", z.unknown())).rejects.toBeInstanceOf(UnansweredError);
    expect(asked.at(-1)).toBe("/moved");
    await expect(client.list("/things", z.string())).rejects.toThrow("in a form that is not known here");
  } finally {
    server.close();
  }
});

test("nothing that others wrote steers a terminal", () => {
  const finding: Finding = { level: "problem", code: "x", text: "a\u001b[2Jb\nc", remedy: "Do it." };
  const { terminal, lines } = createTerminal();
  const section = { title: "Smith", account: "acc_1", findings: [finding] };
  printReport([section], terminal);
  expect(lines).toEqual(["Smith  acc_1", "  ✗ a [2Jb c", "    Do it.", "", "1 thing needs you."]);
});

test("on a terminal no line is longer than fits, but for a word that is", () => {
  const { terminal, lines } = createTerminal({ columns: 30 });
  const text = "A sentence that is a good deal longer than a line.";
  const findings: Finding[] = [{ level: "problem", code: "x", text, remedy: `Look at ${page} for more.` }];
  printReport([{ title: "Smith", account: null, findings }], terminal);
  expect(lines.slice(1, 6)).toEqual([
    "  ✗ A sentence that is a good",
    "    deal longer than a line.",
    "    Look at",
    `    ${page}`,
    "    for more.",
  ]);
});
