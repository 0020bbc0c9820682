import { api, isFirefox } from "./api.js";
import { type Jar, readJar } from "./cookies.js";
import { basesOf, patternOf } from "./hosts.js";
import { madeFor } from "./made-for.js";
import type { Memory, Pairing } from "./memory.js";
import { update } from "./storage.js";

/** What stands for an address where permissions are asked for. */
export function originsOf({ address }: Pick<Pairing, "address">): string[] {
  return [patternOf(new URL(address).origin, !isFirefox)];
}

/** All that the companion is useless without: Pixieset's two hosts, and pixiehook. */
export function neededOrigins(pairing: Pick<Pairing, "address">): string[] {
  return [...(api.runtime.getManifest().host_permissions ?? []), ...originsOf(pairing)];
}

/** What the browser holds for the two hosts now; null: nothing, or nothing that we may see. */
export async function look({ pairing, state }: Pick<Memory, "pairing" | "state">): Promise<Jar | null> {
  if (pairing === null) return null;
  const mayRead = await api.permissions.contains({ origins: neededOrigins(pairing) });
  const jar = mayRead && state !== null ? await readJar(basesOf(state, madeFor)) : null;
  const names = jar?.names ?? "none";
  await update((memory) => ({
    ...memory,
    mayRead,
    signIn: memory.signIn?.names === names ? memory.signIn : { names, text: crypto.randomUUID() },
  }));
  return jar;
}
