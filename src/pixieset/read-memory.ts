import { hash } from "node:crypto";
import type { Identity } from "../domain/identity.js";
import type { Concluded, Conclusion } from "./conclusion.js";
import type { KnownPage, Part, RowReading } from "./page.js";
import { type Shortened, shorten } from "./row-texts.js";

/** What this process remembers of the last reading of one list. It saves work and decides nothing. */
export interface ListMemory<P extends KnownPage> {
  page(hash: string, now: number): P | undefined;
  row(text: string, now: number): Part | undefined;
  /** An answer without the rows that are known; null when none is. */
  shorten(text: string, now: number): Shortened<Part> | null;
  /** What the last reading came to. */
  last(): Concluded | null;
  /** What these very pages came to in all, if they are the ones of the last reading and known by the same. */
  conclusion(pages: readonly P[], identity: Identity | null): Conclusion | null;
  /** Keeps a reading in the place of the last. */
  keep(pages: readonly P[], conclusion: Conclusion): void;
}

export interface ReadMemory<P extends KnownPage> {
  /** The memory of a list as it is read through `lens`; another lens has seen nothing. */
  of(list: string, lens: string): ListMemory<P>;
}

/** A hash of what an upstream said. */
export const hashOfText = (text: string) => hash("sha1", text, "base64");

/** Whether readings are what the same row would come to now. */
const isGood = (readings: readonly RowReading[], now: number) =>
  readings.every(
    (reading) => reading.kind !== "record" || reading.goodUntil === null || reading.goodUntil > now,
  );

const holdsRecord = (reading: RowReading) => reading.kind === "record" && reading.record !== null;

/** A part without the records: they are only needed of what differs. */
function slimPart(part: Part): Part {
  if (!part.readings.some(holdsRecord)) return part;
  const readings = part.readings.map((each) => (each.kind === "record" ? { ...each, record: null } : each));
  return { ...part, readings };
}

function slimPage<P extends KnownPage>(page: P): P {
  if (!page.readings.some(holdsRecord)) return page;
  const parts = page.parts.map(slimPart);
  return { ...page, parts, readings: parts.flatMap(({ readings }) => readings) };
}

function slimConclusion(conclusion: Conclusion): Conclusion {
  const { index, sightings } = conclusion;
  const slim = index
    ? [...index.values()]
    : sightings.map((each) => (each.record ? { ...each, record: null } : each));
  return { ...conclusion, sightings: slim, since: null };
}

interface Remembered<P extends KnownPage> extends Concluded {
  readonly lens: string;
  readonly pages: readonly P[];
  readonly byHash: ReadonlyMap<string, P>;
  readonly characters: number;
  /** Made when they are first needed: parts by their texts. */
  texts: Map<string, Part> | null;
  pieces: Map<string, Part> | null;
}

function charactersOf({ parts }: KnownPage): number {
  return parts.reduce(
    (sum, { text, piece }) => sum + text.length + (piece === null || piece === text ? 0 : piece.length),
    0,
  );
}

function by(pages: readonly KnownPage[], name: "text" | "piece"): Map<string, Part> {
  const found = new Map<string, Part>();
  for (const { parts } of pages) {
    for (const part of parts) {
      const text = part[name];
      if (text !== null) found.set(text, part);
    }
  }
  return found;
}

/** The memory of this process: of the lists that were read last, with rows of so many characters in all. */
export function createReadMemory<P extends KnownPage>(mostCharacters = 64_000_000): ReadMemory<P> {
  const lists = new Map<string, Remembered<P>>();
  let total = 0;

  function forget(list: string): void {
    total -= lists.get(list)?.characters ?? 0;
    lists.delete(list);
  }

  function put(list: string, remembered: Remembered<P>): void {
    forget(list);
    if (remembered.characters > mostCharacters) return;
    lists.set(list, remembered);
    total += remembered.characters;
    for (const oldest of lists.keys()) {
      if (total <= mostCharacters) break;
      forget(oldest);
    }
  }

  return {
    of(list, lens) {
      const known = lists.get(list);
      const last = known?.lens === lens ? known : null;
      const good = (part: Part | undefined, now: number) =>
        part && isGood(part.readings, now) ? part : undefined;
      return {
        page(hash, now) {
          const page = last?.byHash.get(hash);
          return page && isGood(page.readings, now) ? page : undefined;
        },
        row(text, now) {
          if (!last) return undefined;
          last.texts ??= by(last.pages, "text");
          return good(last.texts.get(text), now);
        },
        shorten(text, now) {
          if (!last) return null;
          last.pieces ??= by(last.pages, "piece");
          const { pieces } = last;
          return pieces.size === 0 ? null : shorten(text, (piece) => good(pieces.get(piece), now));
        },
        last: () => last,
        conclusion(pages, identity) {
          if (!last || identity !== last.conclusion.identity) return null;
          const same = pages.length === last.pages.length && pages.every((page, i) => page === last.pages[i]);
          return same ? last.conclusion : null;
        },
        keep(pages, conclusion) {
          if (conclusion === last?.conclusion) return;
          const slim = pages.map(slimPage);
          const byHash = new Map(slim.map((page) => [page.hash, page]));
          const characters = slim.reduce((sum, page) => sum + charactersOf(page), 0);
          const kept = { lens, pages: slim, byHash, conclusion: slimConclusion(conclusion), characters };
          put(list, { ...kept, texts: null, pieces: null });
        },
      };
    },
  };
}
