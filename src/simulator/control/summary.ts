import type { Life } from "../life.js";
import type { Upstream } from "../upstream/upstream.js";

/** What the simulator holds and does at this moment. */
export interface Summary {
  readonly collections: number;
  readonly favorites: number;
  readonly downloads: number;
  readonly sharingLinks: number;
  readonly starred: number;
  readonly clients: number;
  readonly invoices: Record<string, number>;
  readonly payments: number;
  readonly documents: number;
  readonly dialect: string;
  readonly life: { readonly running: boolean; readonly speed: number };
  readonly faults: number;
  readonly acts: number;
  readonly requests: { readonly total: number; readonly lastMinute: number };
}

/** Counts what there is. */
export function summarize(upstream: Upstream, life: Life): Summary {
  const { studio, oracle } = upstream.world;
  const collections = [...studio.collections.values()];
  const invoices: Record<string, number> = {};
  for (const { status } of studio.invoices.values()) invoices[status] = (invoices[status] ?? 0) + 1;
  return {
    collections: collections.length,
    favorites: sum(collections.map(({ favorites }) => favorites.size)),
    downloads: sum(collections.map(({ downloads }) => downloads.size)),
    sharingLinks: sum(collections.map(({ links }) => links.size)),
    starred: studio.starred.size,
    clients: studio.clients.size,
    invoices,
    payments: studio.payments.size,
    documents: studio.documents.size,
    dialect: upstream.dialect,
    life: { running: life.running, speed: life.speed },
    faults: upstream.faults.list().length,
    acts: oracle.at(-1)?.sequence ?? 0,
    requests: { total: upstream.requests.total, lastMinute: upstream.requests.lastMinute() },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
