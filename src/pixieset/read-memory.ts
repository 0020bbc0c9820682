import { hash } from "node:crypto";
import type { Identified, Identity } from "../domain/identity.js";
import type { Page, RowReading } from "./page.js";

/** A page of which this process knows what it came to: the same bytes come to the same again. */
export interface KnownPage extends Page {
  /** Hash of the bytes. */
  readonly hash: string;
  /** For each row of the answer its hash, and the readings that it came to. */
  readonly parts: readonly Part[];
}

interface Part {
  readonly hash: string;
  readonly readings: readonly RowReading[];
}

/** Whether readings are what the same row would come to now. */
const isGood = (readings: readonly RowReading[], now: number) =>
  readings.every(
    (reading) => reading.kind !== "record" || reading.goodUntil === null || reading.goodUntil > now,
  );

/** What this process remembers of the last reading of one list. It saves work and decides nothing. */
export interface ListMemory<P extends KnownPage> {
  page(hash: string, now: number): P | undefined;
  row(hash: string, now: number): readonly RowReading[] | undefined;
  /** What these very pages came to in all, if they are the ones of the last reading and known by the same. */
  conclusion(pages: readonly P[], identity: Identity | null): Identified | undefined;
  /** Keeps a reading in the place of the last. */
  keep(pages: readonly P[], conclusion: Identified): void;
}

export interface ReadMemory<P extends KnownPage> {
  /** The memory of a list as it is read through `lens`; another lens has seen nothing. */
  of(list: string, lens: string): ListMemory<P>;
}

/** A hash of what an upstream said. */
export const hashOfText = (text: string) => hash("sha1", text, "base64");

/** A reading without the records: they are only needed of what differs. */
function slim(reading: RowReading): RowReading {
  return reading.kind === "record" && reading.record ? { ...reading, record: null } : reading;
}

function slimPage<P extends KnownPage>(page: P): P {
  if (page.readings.every((reading) => slim(reading) === reading)) return page;
  const parts = page.parts.map((part) => ({ hash: part.hash, readings: part.readings.map(slim) }));
  return { ...page, parts, readings: parts.flatMap(({ readings }) => readings) };
}

interface Remembered<P extends KnownPage> {
  readonly lens: string;
  readonly pages: readonly P[];
  readonly byHash: ReadonlyMap<string, P>;
  readonly conclusion: Identified | null;
  readonly rows: number;
  rowsByHash: Map<string, readonly RowReading[]> | null;
}

/** The memory of this process: of the lists that were read last, up to `maxRows` rows in all. */
export function createReadMemory<P extends KnownPage>(maxRows = 250_000): ReadMemory<P> {
  const lists = new Map<string, Remembered<P>>();
  let total = 0;

  function forget(list: string): void {
    total -= lists.get(list)?.rows ?? 0;
    lists.delete(list);
  }

  function put(list: string, remembered: Remembered<P>): void {
    forget(list);
    if (remembered.rows > maxRows) return;
    lists.set(list, remembered);
    total += remembered.rows;
    for (const oldest of lists.keys()) {
      if (total <= maxRows) break;
      forget(oldest);
    }
  }

  return {
    of(list, lens) {
      const known = lists.get(list);
      const last = known?.lens === lens ? known : null;
      return {
        page(hash, now) {
          const page = last?.byHash.get(hash);
          return page && isGood(page.readings, now) ? page : undefined;
        },
        row(hash, now) {
          if (!last) return undefined;
          last.rowsByHash ??= new Map(
            last.pages.flatMap(({ parts }) => parts.map((part) => [part.hash, part.readings] as const)),
          );
          const readings = last.rowsByHash.get(hash);
          return readings && isGood(readings, now) ? readings : undefined;
        },
        conclusion(pages, identity) {
          if (identity !== last?.conclusion?.identity) return undefined;
          const same =
            pages.length === last?.pages.length && pages.every((page, i) => page === last.pages[i]);
          return same ? last.conclusion : undefined;
        },
        keep(pages, conclusion) {
          const slimmed = pages.map(slimPage);
          const same = pages.every((page, i) => page === slimmed[i]);
          const rows = slimmed.reduce((sum, { parts }) => sum + parts.length, 0);
          const byHash = new Map(slimmed.map((page) => [page.hash, page]));
          // A conclusion that holds the records themselves is not kept; the next one will not.
          const kept = same ? conclusion : null;
          put(list, { lens, pages: slimmed, byHash, conclusion: kept, rows, rowsByHash: null });
        },
      };
    },
  };
}
