import { onceMore } from "./decide.js";
import { emptyMemory, type Memory, type Pairing } from "./memory.js";
import type { Said } from "./protocol.js";
import { update } from "./storage.js";

/** Notes what pixiehook said to this pairing; nothing when it was ended meanwhile. */
export function note(pairing: Pairing, change: (memory: Memory) => Memory): Promise<Memory> {
  return update((memory) => (memory.pairing?.token === pairing.token ? change(memory) : memory));
}

/** Notes an answer that is no answer to the question: the pairing was ended, or pixiehook is out of reach. */
export function noteSilence(pairing: Pairing, said: Said<unknown>): Promise<Memory> {
  if (said.kind === "ended") return note(pairing, () => ({ ...emptyMemory, ended: true }));
  const waitMs = said.kind === "unreachable" ? said.waitMs : 0;
  return note(pairing, (memory) => ({ ...memory, trouble: onceMore(memory.trouble, waitMs, Date.now()) }));
}
