import { accountInputSchema } from "../../src/domain/account.js";
import type { Parts } from "../../src/pipeline/parts.js";
import type { Store } from "../../src/store/store.js";

/** Wakes nobody: a benchmark that works step by step wakes actors itself. */
export const asleep: Parts["wakeUps"] = {
  wake: async () => undefined,
  wakeMany: async () => undefined,
  wakeSoon: () => undefined,
  forget: async () => undefined,
};

const session = {
  status: "unverified",
  checkedAt: null,
  user: null,
  reason: null,
  epoch: 1,
  renewal: "cookies",
} as const;

/** An account without a session, which is never polled. Its id. */
export async function addIdleAccount({ accounts }: Pick<Store, "accounts">): Promise<string> {
  const { session: _none, ...settings } = accountInputSchema.parse({ name: "Smith Studio" });
  return (await accounts.create(accounts.newId(), settings, session, null)).id;
}
