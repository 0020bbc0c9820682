import { api } from "./api.js";
import { emptyMemory, type Memory } from "./memory.js";

// What must outlive the browser is kept on disk; the rest goes with it, and is asked for anew.
const kept = ["pairing", "ended", "tried"] as const;
const passing = ["state", "askedAt", "trouble", "signIn", "mayRead", "reads", "problem"] as const;

/** What the companion knows, as it stands in the browser's storage. */
export async function load(): Promise<Memory> {
  const [local, session] = await Promise.all([
    api.storage.local.get([...kept]),
    api.storage.session.get([...passing]),
  ]);
  return { ...emptyMemory, ...local, ...session };
}

let last: Promise<unknown> = Promise.resolve();

/** Changes what the companion knows, one change after the other. Gives what it knows then. */
export function update(change: (memory: Memory) => Memory): Promise<Memory> {
  const next = last.then(async () => {
    const before = await load();
    const after = change(before);
    const changed = (keys: readonly (keyof Memory)[]) =>
      Object.fromEntries(keys.filter((key) => before[key] !== after[key]).map((key) => [key, after[key]]));
    await Promise.all([api.storage.local.set(changed(kept)), api.storage.session.set(changed(passing))]);
    return after;
  });
  last = next.catch(() => {});
  return next;
}
