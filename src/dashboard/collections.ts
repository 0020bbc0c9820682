import type { Account } from "../domain/account.js";
import type { AccountService } from "../services/accounts.js";

/** A collection of a watched account. */
export interface KnownCollection {
  readonly id: string;
  readonly name: string | null;
  /** The account's name. */
  readonly account: string;
}

/** So many accounts are asked for their collections. */
const mostAccounts = 20;

/** The collections that pixiehook has heard of, the newest first. */
export async function knownCollections(
  service: Pick<AccountService, "sources">,
  accounts: readonly Account[],
): Promise<readonly KnownCollection[]> {
  const found = new Map<string, KnownCollection & { readonly bornAt: number }>();
  for (const { id: account, name: owner } of accounts.slice(0, mostAccounts)) {
    for (const { scope, bornAt } of (await service.sources(account)) ?? []) {
      if (scope === null) continue;
      const before = found.get(scope.id);
      const born = Math.max(bornAt ?? 0, before?.bornAt ?? 0);
      found.set(scope.id, { id: scope.id, name: scope.name, account: owner, bornAt: born });
    }
  }
  return [...found.values()].sort((a, b) => b.bornAt - a.bornAt);
}
