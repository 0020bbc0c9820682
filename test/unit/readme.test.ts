import { expect, test } from "vitest";
import { judgeAccount } from "../../src/cli/doctor/account.js";
import { printReport } from "../../src/cli/doctor/print.js";
import { judgeSubscriptions } from "../../src/cli/doctor/subscriptions.js";
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
  printReport(
    [
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
