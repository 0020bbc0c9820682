import type { Memory } from "./memory.js";
import { readsLately } from "./reads.js";

/** What somebody sees of the companion at a glance. */
export type View =
  | { readonly kind: "unpaired"; readonly ended: boolean }
  | { readonly kind: "not allowed" }
  | { readonly kind: "unreachable"; readonly since: number }
  | { readonly kind: "starting" }
  | { readonly kind: "fine" }
  /** Pixieset does not answer pixiehook: nobody can help but by waiting. */
  | { readonly kind: "trying" }
  /** `other`: why the session of this browser will not do, where it is of another login. */
  | { readonly kind: "sign in"; readonly other: string | null }
  | { readonly kind: "check" };

/** The one state that is shown, the one that hides all others first. */
export function viewOf(memory: Memory): View {
  const { pairing, ended, mayRead, trouble, state, tried } = memory;
  if (pairing === null) return { kind: "unpaired", ended };
  if (!mayRead) return { kind: "not allowed" };
  if (trouble !== null) return { kind: "unreachable", since: trouble.since };
  if (state === null) return { kind: "starting" };
  if (state.session.status === "active") return { kind: "fine" };
  if (state.session.status === "challenged") return { kind: "check" };
  if (tried.delayed !== null) return { kind: "trying" };
  return { kind: "sign in", other: tried.other ?? null };
}

/** What the companion does for the account, in a sentence. */
export function workOf({ state, reads }: Memory, now: number): string {
  if (state?.readBy !== "browser") return "Hands over the session when it changes.";
  const count = readsLately(reads, now);
  return `Reads for pixiehook: ${count} ${count === 1 ? "page" : "pages"} in the last hour.`;
}

export interface Badge {
  readonly text: "" | "!" | "?";
  readonly title: string;
}

/** The sign on the button, and what it says when pointed at. */
export function badgeOf(memory: Memory): Badge {
  const { kind } = viewOf(memory);
  const name = memory.state?.account.name ?? "your account";
  switch (kind) {
    case "unpaired":
      return memory.ended
        ? { text: "!", title: "pixiehook: the pairing was ended" }
        : { text: "", title: "pixiehook companion: not connected" };
    case "not allowed":
      return { text: "!", title: "pixiehook: something must be allowed here first" };
    case "unreachable":
      return { text: "?", title: "pixiehook cannot be reached" };
    case "sign in":
      return { text: "!", title: `pixiehook: sign in to Pixieset for ${name}` };
    case "check":
      return { text: "!", title: `pixiehook: pass the check at Pixieset for ${name}` };
    case "trying":
      return { text: "", title: "pixiehook: Pixieset does not answer, trying again" };
    case "starting":
    case "fine":
      return { text: "", title: `pixiehook: ${name} is fine` };
  }
}
