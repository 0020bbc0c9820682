import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import type { Person } from "./person-companion.js";
import type { CompanionWorld } from "./world-companion.js";

/** Runs Chromium with `faketime` between it and the system. */
async function writeProgram(folder: string, days: number): Promise<string> {
  const path = join(folder, "chromium");
  const shift = `${days < 0 ? "" : "+"}${days}d`;
  await writeFile(path, `#!/bin/sh\nexec faketime -m -f '${shift}' '${inject("chromium")}' "$@"\n`);
  await chmod(path, 0o755);
  return path;
}

/** Opens a browser whose clock is off by so many days; where there is no `faketime`, the clock of the companion alone. */
export async function openWithClock(
  world: CompanionWorld,
  days: number,
): Promise<{ readonly person: Person; dispose(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-clock-"));
  const dispose = () => rm(folder, { recursive: true, force: true });
  if (spawnSync("faketime", ["--help"]).error === undefined)
    return { person: await world.open({ program: await writeProgram(folder, days) }), dispose };
  const person = await world.open();
  const worker = await person.browser.worker();
  await worker.evaluate((ms) => {
    const before = Date.now;
    Date.now = () => before() + ms;
  }, days * 86_400_000);
  return { person, dispose };
}
