import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { useExamples } from "../support/documents.js";
import { openShell } from "./support/shell.js";

const example = useExamples();
const root = fileURLToPath(new URL("../..", import.meta.url));

test("the README's lines lead to an alert in the simulator's Slack", async () => {
  // The script reads the README itself; here is only said which lines it runs.
  for (const step of ["simulator", "service", "connect", "favorite", "look"])
    expect(example("README.md", `first-alert-${step}`)).not.toBe("");
  const shell = openShell({});
  onTestFinished(shell.close);
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/first-alert.js", "--here"], {
    cwd: root,
    env: { ...process.env, PATH: shell.path },
  });
  expect(stdout).toMatch(/the first alert: .*jane@example\.com favorited/);
}, 60_000);
