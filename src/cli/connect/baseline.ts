import { setTimeout as sleep } from "node:timers/promises";
import { accountSchema, sourceSchema } from "../../api/schemas/account.js";
import { StartError } from "../../errors.js";
import { quoted } from "../doctor/finding.js";
import type { Client } from "../remote/client.js";
import type { Terminal } from "../terminal.js";

/** How many lists an account has, and how many were looked at. */
export interface Lists {
  readonly total: number;
  readonly read: number;
  /** Among those that were looked at: they could not be read. */
  readonly failing: number;
}

const source = sourceSchema.pick({ status: true });
const lookEveryMs = 500;

/** Looks until every list was looked at once, and shows how far that has come. Ends early when it is stopped. */
export async function followBaseline(
  client: Client,
  id: string,
  { progress, signal }: Terminal,
): Promise<Lists> {
  const path = `/v1/accounts/${id}`;
  let lists: Lists = { total: 0, read: 0, failing: 0 };
  let before = -1;
  try {
    for (;;) {
      const { session } = await client.get(path, accountSchema);
      if (session.status !== "active")
        throw new StartError(`The session was lost: ${quoted(session.reason ?? session.status)}.`);
      lists = countLists(await client.list(`${path}/sources`, source));
      const isRead = lists.total > 0 && lists.read === lists.total;
      // The listing brings further lists along: all are known once their number holds.
      if (isRead && before === lists.total) return lists;
      before = isRead ? lists.total : -1;
      progress(`Reading everything once: ${lists.read} of ${lists.total} lists`);
      await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return lists;
    }
  } finally {
    progress("");
  }
}

function countLists(sources: readonly { readonly status: string }[]): Lists {
  const having = (status: string) => sources.filter((each) => each.status === status).length;
  const waiting = having("waiting");
  return { total: sources.length, read: sources.length - waiting, failing: having("failing") };
}
