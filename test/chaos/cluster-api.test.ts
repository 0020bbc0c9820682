import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
  }[];
}

const root = new URL("../../", import.meta.url).pathname;
const vitest = join(root, "node_modules/vitest/vitest.mjs");

test("the suites that run on one Redis server run on a cluster of three masters as well", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-cluster-"));
  const file = join(folder, "report.json");
  try {
    const words = ["run", "--config", "vitest.cluster.config.ts", "--reporter=json", `--outputFile=${file}`];
    // What this run of tests says of itself in the environment is not for the other one.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^VITEST|^TEST$/.test(name)),
    );
    const child = spawn(process.execPath, [vitest, ...words], { cwd: root, env, stdio: "ignore" });
    await once(child, "exit");
    const report = JSON.parse(await readFile(file, "utf8")) as Report;
    const failed = report.testResults.filter(({ status }) => status !== "passed");
    process.stdout.write(
      `on a cluster: ${report.numPassedTests} tests in ${report.testResults.length} files passed, ${report.numFailedTests} failed\n`,
    );
    expect(failed.map(({ name, message }) => `${name}: ${message}`)).toEqual([]);
    expect(report.numFailedTests).toBe(0);
    expect(report.numPassedTests).toBeGreaterThan(300);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 2_400_000);
