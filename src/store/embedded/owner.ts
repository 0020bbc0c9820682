import { setTimeout as delay } from "node:timers/promises";
import { StartError } from "../../errors.js";
import { heldMarks, type Mark, makeMark } from "./mark.js";

const attempts = 8;

/**
 * Makes this process the only owner of a folder of marks until it removes the mark or ends.
 * Each contender shows its mark first and then looks for others, so of two at most one sees itself alone.
 * Throws `StartError` with the process that owns the folder.
 */
export async function takeOwnership(marks: string, dataDir: string): Promise<Mark> {
  let holder: string | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const mark = await makeMark(marks, `owner-${process.pid}`);
    holder = heldMarks(marks, "owner").find((name) => name !== mark.name);
    if (holder === undefined) return mark;
    mark.remove();
    // Two that start together both step back; unequal waits let one of them through.
    await delay(10 + Math.random() * 80);
  }
  const pid = holder?.split("-")[1];
  throw new StartError(
    `The data folder ${dataDir} is in use by process ${pid}: stop that one first, or set PIXIEHOOK_DATA_DIR to another folder.`,
  );
}
