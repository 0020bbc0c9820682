import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { signatureHeader } from "../../src/channels/sign.js";
import { judgeAccount } from "../../src/cli/doctor/account.js";
import { printReport } from "../../src/cli/doctor/print.js";
import { judgeSubscriptions } from "../../src/cli/doctor/subscriptions.js";
import { makeAccount, makeForecast, makeSubscription } from "../api/support/fixtures.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** A code block of the README, by the name in the comment above it. */
function example(name: string): string {
  const block = new RegExp(`<!-- example: ${name} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1];
  if (!block) throw new Error(`the README has no example ${name}`);
  return block;
}

const published = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

/** A request that was signed just now. */
function request() {
  const timestamp = Math.floor(Date.now() / 1000);
  const { secret, id, body } = published;
  const at = new Date(timestamp * 1000);
  const signature = signatureHeader(
    { id, timestamp, body },
    { current: secret, previous: null },
    { asymmetric: false, at },
  );
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": signature };
}

function available(program: string, question = "--version"): boolean {
  try {
    execFileSync(program, [question], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test("the README's Node code accepts our signatures and refuses altered ones", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "pixiehook-readme-")), "verify.mjs");
  writeFileSync(file, example("verify-node"));
  const { verify } = await import(pathToFileURL(file).href);
  const headers = request();
  expect(verify(published.secret, headers, published.body)).toBe(true);
  expect(verify(published.secret, headers, `${published.body} `)).toBe(false);
  expect(verify(published.secret, { ...headers, "webhook-timestamp": "1614265330" }, published.body)).toBe(
    false,
  );
});

test.skipIf(!available("python3"))("the README's Python code does the same", () => {
  const { secret, body } = published;
  const program = `${example("verify-python")}
import json, sys
secret, headers, body = json.load(sys.stdin)
print(verify(secret, headers, body.encode()), verify(secret, headers, body.encode() + b" "))`;
  const output = execFileSync("python3", ["-c", program], {
    input: JSON.stringify([secret, request(), body]),
  });
  expect(output.toString().trim()).toBe("True False");
});

test.skipIf(!available("openssl", "version"))("the README's shell lines give the published signature", () => {
  const { secret, id, timestamp, body, signature } = published;
  const env = { ...process.env, SECRET: secret, ID: id, TIMESTAMP: String(timestamp), BODY: body };
  const output = execFileSync("bash", ["-c", example("verify-openssl")], { env });
  expect(output.toString().trim()).toBe(signature);
});

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
  const told = subscriptions.map((subscription) => ({ subscription, deliveries: [] }));
  const lines: string[] = [];
  const terminal = { write: (line: string) => void lines.push(line), interactive: false };
  printReport(
    [
      {
        title: account.name,
        account: account.id,
        findings: judgeAccount(facts, `${address}/accounts/${account.id}`),
      },
      { title: "Subscriptions", account: null, findings: judgeSubscriptions(told, address, true) },
    ],
    { ...terminal, signal: new AbortController().signal },
  );
  expect(`${lines.join("\n")}\n`).toBe(example("doctor").split("\n\n").slice(2).join("\n\n"));
});
