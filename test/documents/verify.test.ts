import { isUtf8 } from "node:buffer";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { useExamples } from "../support/documents.js";
import { type Vector, vectors } from "../vectors/signatures.js";
import { openPhp } from "./support/php.js";
import { available } from "./support/shell.js";

const example = useExamples();
const page = "docs/webhooks.md";
const folder = mkdtempSync(join(tmpdir(), "pixiehook-verify-"));
afterAll(() => rmSync(folder, { recursive: true }));

const published = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

/** The page's code knows v1 alone. */
const verdicts = Object.fromEntries(vectors.map(({ name, accepted }) => [name, accepted === "v1"]));

test("the page's Node code accepts every v1 signature of the table and nothing else", async () => {
  const file = join(folder, "verify.mjs");
  writeFileSync(file, example(page, "verify-node"));
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

test.skipIf(!available("python3"))("the page's Python code does the same", () => {
  const program = `${example(page, "verify-python")}
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

test("the page's PHP code does the same", async () => {
  const php = await openPhp();
  const code = example(page, "verify-php");
  expect(code).toContain("time()");
  php.write("/site/verify.php", code.replace("time()", "$GLOBALS['now']"));
  php.write(
    "/site/judge.php",
    `<?php
    require '/site/verify.php';
    $told = [];
    foreach (json_decode(file_get_contents('php://input'), true) as $one) {
        $now = $one['at'];
        $told[$one['name']] = verify($one['secret'], $one['headers'], base64_decode($one['body']));
    }
    $told['nothing'] = verify('whsec_AAEC', [], '');
    echo json_encode($told);`,
  );
  const input = vectors.map((one) => ({ ...one, body: one.body.toString("base64") }));
  const { text } = await php.request("/site/judge.php", { body: Buffer.from(JSON.stringify(input)) });
  php.close();
  expect(JSON.parse(text)).toEqual({ ...verdicts, nothing: false });
});

test.skipIf(!available("openssl", "version"))("the page's shell lines give the published signature", () => {
  const { secret, id, timestamp, body, signature } = published;
  const env = { ...process.env, SECRET: secret, ID: id, TIMESTAMP: String(timestamp), BODY: body };
  const output = execFileSync("bash", ["-c", example(page, "verify-openssl")], { env });
  expect(output.toString().trim()).toBe(signature);
});

test.skipIf(!available("openssl", "version"))("the page's shell lines do the same, but for the time", () => {
  // A variable of a shell holds no zero byte and, as Node hands it on, nothing but UTF-8.
  const plain = ({ body }: Vector) => !body.includes(0) && isUtf8(body);
  const usual = ({ secret }: Vector) =>
    /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret) && secret.length % 4 === 2;
  const tried = vectors.filter((one) => plain(one) && usual(one));
  expect(tried.length).toBeGreaterThan(50);
  // One shell for all: the variables of each stand before the page's own lines.
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = tried.map(({ secret, id, timestamp, body }) => {
    const values = { SECRET: secret, ID: id, TIMESTAMP: timestamp, BODY: body.toString() };
    const set = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`);
    return `${set.join("\n")}\n${example(page, "verify-openssl")}`;
  });
  const output = execFileSync("bash", [], { input: lines.join("\n") })
    .toString()
    .trim()
    .split("\n");
  const told = tried.map(({ name, signature }, i) => [name, signature.split(" ").includes(output[i] ?? "")]);
  // What is refused for another reason than its signature can have a right one.
  const wrong = told.filter(([name, found]) => {
    const expected = tried.find((one) => one.name === name)?.expect ?? { refused: "" };
    if ("scheme" in expected) return found !== (expected.scheme === "v1");
    return expected.refused === "no_match" && found;
  });
  expect(wrong).toEqual([]);
});
