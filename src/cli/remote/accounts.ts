import type { z } from "zod";
import { accountSchema } from "../../api/schemas/account.js";
import { StartError } from "../../errors.js";
import { plain } from "../plain.js";
import { type Client, UnansweredError } from "./client.js";

export type AccountAnswer = z.output<typeof accountSchema>;

export function listAccounts(client: Client): Promise<AccountAnswer[]> {
  return client.list("/v1/accounts", accountSchema);
}

/** The account with this id, or this name if no other has it. Throws `StartError` that says which there are. */
export async function findAccount(client: Client, wanted: string): Promise<AccountAnswer> {
  if (/^acc_/.test(wanted)) {
    const found = await client
      .get(`/v1/accounts/${encodeURIComponent(wanted)}`, accountSchema)
      .catch((error: unknown) => {
        if (error instanceof UnansweredError && error.status === 404) return null;
        throw error;
      });
    if (found) return found;
  }
  const all = await listAccounts(client);
  const named = all.filter(({ name }) => name.toLowerCase() === wanted.trim().toLowerCase());
  const [only] = named;
  if (only && named.length === 1) return only;
  if (all.length === 0) throw new StartError(`There is no account "${plain(wanted)}", nor any other.`);
  const some = namesOf(only ? named : all);
  throw new StartError(
    only
      ? `Several accounts are named "${plain(wanted)}": name one by its id, of ${some}.`
      : `There is no account "${plain(wanted)}". There are ${some}.`,
  );
}

const mostNames = 8;

function namesOf(accounts: readonly AccountAnswer[]): string {
  const shown = accounts.slice(0, mostNames).map(({ id, name }) => `${plain(name)} (${id})`);
  const more = accounts.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
