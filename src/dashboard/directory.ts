import { type PixiehookEvent, thawEvent } from "../domain/event.js";
import type { ClientReference } from "../domain/record.js";
import { isSample } from "../domain/sample.js";
import { createRecent } from "../recent.js";
import type { Services } from "../services.js";
import { queryOf, readFilters } from "./event-filters.js";

/** A name that can be searched for, and what stands for it in a query. */
export interface Known {
  readonly id: string;
  readonly name: string;
}

/** Who and what is known by name. */
export interface Names {
  /** Of the sources, those that changed last first. */
  readonly collections: readonly Known[];
  /** Of the newest events: `id` is an email address where there is one. */
  readonly clients: readonly Known[];
}

export interface Directory {
  /** The names of one account, or ("") of all. Up to half a minute old. */
  names(account: string): Promise<Names>;
}

const lastsMs = 30_000;
/** Accounts whose names are kept at a time; accounts whose sources are asked for at once. */
const keptAtOnce = 50;
const askedAtOnce = 20;
/** Pages of the newest events, of 200 each, in which clients are looked for. */
const pages = 2;
export const eventsLookedAt = pages * 200;

/** Makes the directory of a dashboard. */
export function createDirectory(services: Services, now: () => Date): Directory {
  const kept = createRecent<Promise<Names>>(keptAtOnce);
  return {
    names(account) {
      // What is too old is asked for under another name, and goes by itself.
      const key = `${account} ${Math.floor(now().getTime() / lastsMs)}`;
      const known = kept.get(key);
      if (known) return known;
      const asked = askNames(services, account);
      kept.set(key, asked, 1);
      // Who looks again asks again.
      asked.catch(() => kept.drop(key));
      return asked;
    },
  };
}

async function askNames(services: Services, account: string): Promise<Names> {
  const accounts = account === "" ? await accountIds(services) : [account];
  const [collections, clients] = await Promise.all([
    collectionsOf(services, accounts),
    clientsOf(services, account),
  ]);
  return { collections, clients };
}

async function accountIds(services: Services): Promise<string[]> {
  return (await services.accounts.list({ limit: 200, after: null })).data.map(({ id }) => id);
}

async function collectionsOf(services: Services, accounts: readonly string[]): Promise<Known[]> {
  const found = new Map<string, Known & { readonly changed: string }>();
  for (let i = 0; i < accounts.length; i += askedAtOnce) {
    const some = accounts.slice(i, i + askedAtOnce);
    const sources = await Promise.all(some.map((id) => services.accounts.sources(id)));
    for (const { scope, lastChangedAt } of sources.flatMap((each) => each ?? [])) {
      if (scope === null) continue;
      const changed = lastChangedAt ?? "";
      const known = found.get(scope.id);
      if (known && known.changed >= changed) continue;
      found.set(scope.id, { id: scope.id, name: scope.name ?? scope.id, changed });
    }
  }
  return [...found.values()]
    .sort((a, b) => b.changed.localeCompare(a.changed))
    .map(({ id, name }) => ({ id, name }));
}

async function clientsOf(services: Services, account: string): Promise<Known[]> {
  const found = new Map<string, Known>();
  for (const event of await newestEvents(services, account)) {
    const known = isSample(event) ? null : knownClient(event.data.client);
    if (known && !found.has(known.id.toLowerCase())) found.set(known.id.toLowerCase(), known);
  }
  return [...found.values()];
}

async function newestEvents(services: Services, account: string): Promise<PixiehookEvent[]> {
  const query = { ...queryOf({ ...readFilters(() => undefined), account }), limit: 200 };
  const found: PixiehookEvent[] = [];
  for (let page = 0, after: string | null = null; page < pages; page++) {
    const { data, next } = await services.events.list({ ...query, after });
    found.push(...data.map(thawEvent));
    if (next === null) break;
    after = next;
  }
  return found;
}

function knownClient(client: ClientReference | null): Known | null {
  const id = client?.email ?? client?.id ?? null;
  return id === null ? null : { id, name: client?.name ?? id };
}
