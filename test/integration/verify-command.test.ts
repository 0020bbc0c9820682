import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { vectors } from "../vectors/signatures.js";

const main = new URL("../../bin/pixiehook.js", import.meta.url).pathname;
const [vector] = vectors;
if (!vector) throw new Error("no vectors");
const { id, timestamp, signature, body, secret, at } = vector;
const head = `POST / HTTP/1.1\r\nwebhook-id: ${id}\r\nwebhook-timestamp: ${timestamp}\r\nwebhook-signature: ${signature}\r\n\r\n`;

function run(args: readonly string[], input: Buffer, environment: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH ?? "", ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "verify", ...args], {
    input,
    env,
    cwd: tmpdir(),
  });
  for (const output of [stdout, stderr]) expect(output.toString()).not.toContain(secret.slice(6, 30));
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}
const known = { PIXIEHOOK_WEBHOOK_SECRET: secret };

test("the command answers 0 for a valid signature and 1 for any other, on a pipe", () => {
  const request = Buffer.concat([Buffer.from(head), body]);
  const valid = run(["--at", String(at)], request, known);
  expect(valid).toEqual({
    status: 0,
    stdout: "Valid: its v1 signature matches, sent 0 s ago.\n",
    stderr: "",
  });
  const late = run(["--json"], request, known);
  expect(late).toMatchObject({ status: 1, stderr: "" });
  expect(JSON.parse(late.stdout).valid).toBe(false);
});

test("the command answers 2 when it is not told enough", () => {
  expect(run([], body)).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^pixiehook: there is no secret/),
  });
});

test("the command answers 2 to what it cannot read, and never repeats a secret", () => {
  const wrong = run(["--tolerance", secret], body, known);
  expect(wrong).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringContaining("'[hidden] is invalid"),
  });
  expect(wrong.stderr).toContain("use a duration such as 30s");
});

test("the command shows how it is used", () => {
  expect(run(["--help"], body)).toMatchObject({ status: 0, stdout: expect.stringContaining("Examples:") });
});
