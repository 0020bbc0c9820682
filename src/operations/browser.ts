import type { Account } from "../domain/account.js";
import { type Companion, isConnected } from "../domain/companion.js";
import type { Parts } from "../pipeline/parts.js";
import type { BrowserView } from "../services/accounts.js";

/** The browsers that are paired with an account, taken together; null where there is none. */
export async function viewBrowser(
  { id, readBy }: Account,
  companions: readonly Companion[],
  { store, now }: Pick<Parts, "store" | "now">,
): Promise<BrowserView | null> {
  const lastHeardAt = companions
    .map((companion) => companion.lastHeardAt)
    .toSorted()
    .at(-1);
  if (lastHeardAt === undefined) return null;
  const isThere =
    readBy === "browser" ? await store.errands.isAttended(id) : isConnected({ lastHeardAt }, now());
  return { status: isThere ? "connected" : "away", lastHeardAt };
}
