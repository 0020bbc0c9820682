import { api } from "./api.js";
import { type Jar, readJar } from "./cookies.js";
import { basesOf } from "./hosts.js";
import { madeFor } from "./made-for.js";
import type { Memory } from "./memory.js";
import type { State } from "./state.js";
import { update } from "./storage.js";

/** The patterns of the hosts that the companion is useless without. */
export function hostPatterns(): string[] {
  return api.runtime.getManifest().host_permissions ?? [];
}

/** What the browser holds for the two hosts now; null: nothing, or nothing that we may see. */
export async function look(state: State | null): Promise<Jar | null> {
  const mayRead = await api.permissions.contains({ origins: hostPatterns() });
  const jar = mayRead && state !== null ? await readJar(basesOf(state, madeFor)) : null;
  const names = jar?.names ?? "none";
  const withSight = (memory: Memory): Memory => ({
    ...memory,
    mayRead,
    signIn: memory.signIn?.names === names ? memory.signIn : { names, text: crypto.randomUUID() },
  });
  await update(withSight);
  return jar;
}
