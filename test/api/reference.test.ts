import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { operationsOf } from "../../src/api/docs/operations.js";
import type { ApiDocument } from "../../src/api/env.js";
import { addCompanion, createHarness, publicUrl, token } from "./support/harness.js";

const harness = createHarness();
const companion = addCompanion(harness, "acc_0000000000000000");
const document = (await (await harness.app.request("/openapi.json")).json()) as ApiDocument;
const operations = (document.tags ?? []).flatMap(({ name }) => operationsOf(document, name));

/** What a shell makes of a line, in place of running curl. */
function argumentsOf(line: string): string[] {
  const env = { PIXIEHOOK_API_TOKEN: token, COMPANION_TOKEN: companion };
  const { stdout } = spawnSync("sh", ["-c", `curl() { printf '%s\\0' "$@"; }; ${line}`], {
    env,
    encoding: "utf8",
  });
  return stdout.split("\0").slice(0, -1);
}

it.each(operations)("shows a call of $method $path that can be pasted", async ({ method, curl, answers }) => {
  const given = argumentsOf(curl);
  const after = (flag: string): string[] => given.flatMap((one, at) => (given[at - 1] === flag ? [one] : []));
  const headers = after("-H").map((line) => line.split(": ") as [string, string]);
  const [body] = after("-d");
  const url = given.find((one) => one.startsWith(publicUrl)) ?? "";
  expect(url).not.toMatch(/[{}]/);
  expect(after("-X")).toEqual(method === "get" ? [] : [method.toUpperCase()]);
  const response = await harness.app.request(url, {
    method: method.toUpperCase(),
    headers: Object.fromEntries(headers),
    ...(body !== undefined && { body }),
  });
  await response.body?.cancel();
  // Nothing is wrong with it but that there may be no such thing.
  const described = answers.map(({ status }) => Number(status));
  expect([...described, 404]).toContain(response.status);
});
