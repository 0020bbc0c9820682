import { randomBytes } from "node:crypto";
import type { Account } from "../domain/account.js";
import { idFromBytes } from "../domain/ids.js";
import type { Upstream } from "../domain/upstream.js";
import type { UpstreamParts } from "../pipeline/parts.js";
import { createBrowserFetcher, type ErrandDesk } from "../pixieset/browser-fetcher.js";
import type { UpstreamClient } from "../pixieset/client.js";
import { createServerFetcher } from "../pixieset/server-fetcher.js";
import { createUpstream, createUpstreamMemory } from "../pixieset/session.js";
import { createJarKeeper } from "../store/jars.js";
import type { Store } from "../store/store.js";

/**
 * The upstream of each account, by who reads it. One of each for as long as the process lives: it remembers which host
 * refused the session. What was read before is remembered for all of them together.
 */
export function createUpstreams(
  client: UpstreamClient,
  store: Pick<Store, "accounts" | "errands">,
): UpstreamParts["upstreamFor"] {
  const open = new Map<string, Upstream>();
  const memory = createUpstreamMemory();
  const { galleryUrl, studioUrl, now } = client;
  const through = (id: string, companion: string | null) =>
    createBrowserFetcher({ galleryUrl, studioUrl, now, desk: deskOf(id, companion, store) });
  const fetcherOf = ({ id, readBy }: Pick<Account, "id" | "readBy">) =>
    readBy === "browser"
      ? through(id, null)
      : createServerFetcher(client, createJarKeeper(store.accounts, id));
  return (account, companion) => {
    if (companion !== undefined) return createUpstream({ fetcher: through(account.id, companion), memory });
    const name = `${account.id} ${account.readBy}`;
    const upstream = open.get(name) ?? createUpstream({ fetcher: fetcherOf(account), memory });
    open.set(name, upstream);
    return upstream;
  };
}

/** For one companion, or (null) whichever reads. */
function deskOf(account: string, companion: string | null, { errands }: Pick<Store, "errands">): ErrandDesk {
  return {
    newId: () => idFromBytes("err", randomBytes(16)),
    put: (errand, keptMs) => errands.put(account, errand, keptMs, companion),
    standing: (id) => errands.standing(account, id),
    withdraw: (id) => errands.withdraw(account, id),
    isAttended: () => errands.isAttended(account),
    leave: () => errands.leave(account, companion),
  };
}
