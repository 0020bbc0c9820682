import { setTimeout as delay } from "node:timers/promises";
import { heldMarks, type Mark, makeMark } from "./mark.js";

export type Claim =
  | { readonly kind: "owner"; readonly mark: Mark }
  /** Another process owns it, or this one already does. */
  | { readonly kind: "taken"; readonly pid: string };

const attempts = 8;

/**
 * Makes this process the only owner of a folder of marks until it removes the mark or ends.
 * Each contender shows its mark first and then looks for others, so of two at most one sees itself alone.
 */
export async function claim(marks: string): Promise<Claim> {
  let holder: string | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const mark = await makeMark(marks, `owner-${process.pid}`);
    holder = heldMarks(marks, "owner").find((name) => name !== mark.name);
    if (holder === undefined) return { kind: "owner", mark };
    mark.remove();
    // Two that start together both step back; unequal waits let one of them through.
    await delay(10 + Math.random() * 80);
  }
  return { kind: "taken", pid: holder?.split("-")[1] ?? "unknown" };
}
