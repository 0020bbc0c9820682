import { api } from "./api.js";
import type { Link } from "./link.js";
import { emptyMemory } from "./memory.js";
import { browserName } from "./name.js";
import { pair, type Said } from "./protocol.js";
import { update } from "./storage.js";

/** Why a pairing failed, and what to do. */
function problemOf(said: Said<unknown>, address: string): string | null {
  if (said.kind === "ok") return null;
  if (said.kind === "unreachable" && said.waitMs > 0)
    return `Too many codes were tried: wait ${Math.ceil(said.waitMs / 60_000)} min, then try again.`;
  if (said.kind === "refused" && said.code === "pairing_unknown")
    return "This link was used already, or is older than ten minutes: make a new one on the account's page in pixiehook.";
  if (said.kind === "unreachable")
    return `Cannot reach pixiehook at ${address}: see that it runs, and that this computer can open this address.`;
  return `${address} does not pair with companions: see that this is your pixiehook, and that it is up to date.`;
}

async function nameOfThis(): Promise<string> {
  const { os } = await api.runtime.getPlatformInfo();
  const { userAgentData } = navigator as unknown as {
    readonly userAgentData?: { readonly brands: readonly { readonly brand: string }[] };
  };
  const brands = userAgentData?.brands.map(({ brand }) => brand) ?? [];
  return browserName(brands, navigator.userAgent, os);
}

/** Exchanges the code of a link for a token. Gives what went wrong, or null. */
export async function connect({ address, code }: Link): Promise<string | null> {
  const said = await pair(address, { code, browser: await nameOfThis() }, new AbortController().signal);
  const problem = problemOf(said, address);
  await update((memory) => {
    if (said.kind !== "ok") return { ...memory, problem };
    const { token, state } = said.value;
    return { ...emptyMemory, pairing: { address, token }, state, askedAt: Date.now() };
  });
  return problem;
}
