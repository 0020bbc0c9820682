import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { signatureHeader } from "../../src/channels/sign.js";

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
