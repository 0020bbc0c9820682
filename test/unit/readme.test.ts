import { expect, test } from "vitest";
import { judgeAccount } from "../../src/cli/doctor/account.js";
import { needsOf } from "../../src/cli/doctor/needs.js";
import { printReport } from "../../src/cli/doctor/print.js";
import { judgeSubscriptions } from "../../src/cli/doctor/subscriptions.js";
import { judgeClocks } from "../../src/operations/diagnostics/clocks.js";
import { judgeFolder } from "../../src/operations/diagnostics/folder.js";
import { judgeMail } from "../../src/operations/diagnostics/mail.js";
import { judgeReceivers } from "../../src/operations/diagnostics/receivers.js";
import { judgeRedis } from "../../src/operations/diagnostics/redis.js";
import { judgeWorkers } from "../../src/operations/diagnostics/workers.js";
import { readInfo } from "../../src/store/server.js";
import { roles } from "../../workers/index.js";
import { makeAccount, makeForecast, makeMailbox, makeSubscription } from "../api/support/fixtures.js";
import { useExamples } from "../support/documents.js";
import { createTerminal } from "../support/terminal.js";

const example = useExamples();

test("the README shows what the doctor says", () => {
  const address = "http://127.0.0.1:3000";
  const account = makeAccount({ id: "acc_t0mayx139nj0v9g0" });
  const reason = "This feature is not part of your plan.";
  const off = { collection: null, status: "off" as const, failures: 1, reason };
  const troubled = (["quotes", "contracts", ...Array(7).fill("questionnaires")] as const).map((resource) => ({
    ...off,
    resource,
  }));
  const facts = { account, troubled, holds: [], forecast: makeForecast({ sources: 526, appointed: 9 }) };
  const gone = {
    description: "Old planner",
    enabled: false,
    disabledReason: "The endpoint answered 410 Gone",
  };
  const subscriptions = [makeSubscription(gone), ...Array(3).fill(makeSubscription())];
  const told = subscriptions.map((each) => ({
    subscription: { ...each, mailbox: makeMailbox() },
    deliveries: [],
  }));
  const { terminal, lines } = createTerminal();
  const now = Date.now();
  const redis = readInfo("redis_version:7.0.15\naof_enabled:1\nused_memory:14200000\nrole:master");
  const process = { id: "1", roles, redisAheadMs: 0, upstream: { aheadMs: 80, at: now } };
  const reach = { kind: "reached", certificateEndsAt: null } as const;
  const planner = { origin: "https://planner.example", subscriptions: 1 };
  const folder = { path: "data", exists: true, writable: true, open: [], freeBytes: 41_700_000_000 };
  const checks = [
    ...judgeRedis([redis], "url"),
    ...judgeClocks({ redis: { aheadMs: 0.2, exactMs: 0.2 }, processes: [process], now }),
    ...judgeWorkers({ processes: [process], queues: {}, clockLagMs: 0, overdueMs: 0 }),
    ...judgeMail({ kind: "reached" }, 1),
    ...judgeReceivers(
      [
        { ...planner, reach: { ...reach, certificateEndsAt: now + 5 * 86_400_000 } },
        { origin: "https://hooks.slack.com", subscriptions: 2, reach },
      ],
      0,
      now,
    ),
    ...judgeFolder(folder, 0),
  ].map(({ level, ...rest }) => ({ area: "redis" as const, status: level, ...rest }));
  printReport(
    [
      needsOf(checks, 0),
      {
        title: account.name,
        account: account.id,
        findings: judgeAccount(facts, `${address}/accounts/${account.id}`),
      },
      { title: "Subscriptions", account: null, findings: judgeSubscriptions(told, address, true) },
    ],
    terminal,
  );
  expect(`${lines.join("\n")}\n`).toBe(example("README.md", "doctor").split("\n\n").slice(2).join("\n\n"));
});
