import { isUtf8 } from "node:buffer";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test, vi } from "vitest";
import { judgeAccount } from "../../src/cli/doctor/account.js";
import { printReport } from "../../src/cli/doctor/print.js";
import { judgeSubscriptions } from "../../src/cli/doctor/subscriptions.js";
import { explainVerdict } from "../../src/cli/verify/verdict.js";
import { makeAccount, makeForecast, makeMailbox, makeSubscription } from "../api/support/fixtures.js";
import { createTerminal } from "../support/terminal.js";
import { type Vector, vectors } from "../vectors/signatures.js";

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

function available(program: string, question = "--version"): boolean {
  try {
    execFileSync(program, [question], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** The README's code knows v1 alone. */
const verdicts = Object.fromEntries(vectors.map(({ name, accepted }) => [name, accepted === "v1"]));

test("the README's Node code accepts every v1 signature of the table and nothing else", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "pixiehook-readme-")), "verify.mjs");
  writeFileSync(file, example("verify-node"));
  const { verify } = await import(pathToFileURL(file).href);
  const told = vectors.map(({ name, secret, headers, body, at }) => {
    vi.useFakeTimers({ now: at * 1_000, toFake: ["Date"] });
    return [name, verify(secret, headers, body)];
  });
  vi.useRealTimers();
  expect(Object.fromEntries(told)).toEqual(verdicts);
  const [{ secret, body } = published] = vectors;
  expect(verify(secret, {}, body)).toBe(false);
});

test.skipIf(!available("python3"))("the README's Python code does the same", () => {
  const program = `${example("verify-python")}
import json, sys
def verdict(one):
    time.time = lambda: one["at"]
    try:
        return verify(one["secret"], one["headers"], base64.b64decode(one["body"]))
    except ValueError:
        return False  # of a secret that is not base64
print(json.dumps({one["name"]: verdict(one) for one in json.load(sys.stdin)}))
assert verify("whsec_AAEC", {}, b"") is False`;
  const input = JSON.stringify(vectors.map((one) => ({ ...one, body: one.body.toString("base64") })));
  const output = execFileSync("python3", ["-c", program], { input });
  expect(JSON.parse(output.toString())).toEqual(verdicts);
});

test.skipIf(!available("openssl", "version"))("the README's shell lines give the published signature", () => {
  const { secret, id, timestamp, body, signature } = published;
  const env = { ...process.env, SECRET: secret, ID: id, TIMESTAMP: String(timestamp), BODY: body };
  const output = execFileSync("bash", ["-c", example("verify-openssl")], { env });
  expect(output.toString().trim()).toBe(signature);
});

test.skipIf(!available("openssl", "version"))(
  "the README's shell lines do the same, but for the time",
  () => {
    // A variable of a shell holds no zero byte and, as Node hands it on, nothing but UTF-8.
    const plain = ({ body }: Vector) => !body.includes(0) && isUtf8(body);
    const usual = ({ secret }: Vector) =>
      /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret) && secret.length % 4 === 2;
    const tried = vectors.filter((one) => plain(one) && usual(one));
    expect(tried.length).toBeGreaterThan(50);
    // One shell for all: the variables of each stand before the README's own lines.
    const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
    const lines = tried.map(({ secret, id, timestamp, body }) => {
      const values = { SECRET: secret, ID: id, TIMESTAMP: timestamp, BODY: body.toString() };
      const set = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`);
      return `${set.join("\n")}\n${example("verify-openssl")}`;
    });
    const output = execFileSync("bash", [], { input: lines.join("\n") })
      .toString()
      .trim()
      .split("\n");
    const told = tried.map(({ name, signature }, i) => [
      name,
      signature.split(" ").includes(output[i] ?? ""),
    ]);
    // What is refused for another reason than its signature can have a right one.
    const wrong = told.filter(([name, found]) => {
      const expected = tried.find((one) => one.name === name)?.expect ?? { refused: "" };
      if ("scheme" in expected) return found !== (expected.scheme === "v1");
      return expected.refused === "no_match" && found;
    });
    expect(wrong).toEqual([]);
  },
);

test("the README shows what verify says", () => {
  const received = {
    headers: { id: "", timestamp: "", signature: "" },
    body: Buffer.alloc(0),
    missing: 0,
    surplus: 0,
  };
  const rules = { now: new Date(), toleranceSeconds: 300 };
  const facts = { received, secret: published.secret, cause: "a line break was added at its end", rules };
  const told = [
    { ok: true, timestamp: published.timestamp, age: 12, scheme: "v1", position: 1, signatures: 1 } as const,
    { ok: false, code: "no_match", reason: "", age: 12 } as const,
  ].map((verdict) => {
    const { sentence, remedy } = explainVerdict(verdict, facts);
    return remedy === null ? sentence : `${sentence}\n${remedy}`;
  });
  expect(`${told.join("\n\n")}\n`).toBe(example("verify-answers"));
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
  expect(`${lines.join("\n")}\n`).toBe(example("doctor").split("\n\n").slice(2).join("\n\n"));
});
