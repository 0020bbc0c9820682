import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("in a clone in which nothing is installed yet, it is said what to run", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-clone-"));
  const run = (...args: string[]) =>
    spawnSync(args[0] ?? "", args.slice(1), { cwd: folder, encoding: "utf8" });
  for (const part of ["bin", "scripts", "package.json"])
    await cp(join(import.meta.dirname, "../..", part), join(folder, part), { recursive: true });
  for (const command of [
    ["npm", "run", "--silent", "build"],
    [process.execPath, "bin/pixiehook.js", "--help"],
  ]) {
    const { status, stderr } = run(...command);
    expect(status).toBe(1);
    expect(stderr).toContain("run `npm ci` first");
    expect(stderr).not.toContain("tsc");
  }
  await mkdir(join(folder, "node_modules/commander"), { recursive: true });
  expect(run(process.execPath, "bin/pixiehook.js", "--help").stderr).toContain("run `npm run build` first");
  expect(run(process.execPath, "scripts/installed.js").status).toBe(0);
  await rm(folder, { recursive: true });
});
