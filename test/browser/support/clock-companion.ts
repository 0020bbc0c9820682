import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";

/** A program that runs Chromium with its clock off, such as by `+1d`: `faketime` stands between it and the system. */
export async function shiftedChromium(shift: string): Promise<{ path: string; dispose(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-clock-"));
  const path = join(folder, "chromium");
  await writeFile(path, `#!/bin/sh\nexec faketime -m -f '${shift}' '${inject("chromium")}' "$@"\n`);
  await chmod(path, 0o755);
  return { path, dispose: () => rm(folder, { recursive: true, force: true }) };
}
