import { hash } from "node:crypto";
import type { Identity } from "../domain/identity.js";
import type { Concluded, Conclusion, HeadConclusion } from "./conclusion.js";
import type { KnownPage, Part, RowReading } from "./page.js";
import { type Shortened, shorten } from "./row-texts.js";
import { type Asked, type AskedPages, afterReading, askable, nothingAsked, withHead } from "./validators.js";

/** What this process remembers of the last reading of one list. It saves work and decides nothing. */
export interface ListMemory<P extends KnownPage> {
  page(hash: string, now: number): P | undefined;
  /** A page that can be asked for by its validators. */
  asked(address: string, now: number): { readonly page: P; readonly asked: Asked } | undefined;
  row(text: string, now: number): Part | undefined;
  /** An answer, after so many rows, without those that are known; null when none is. */
  shorten(text: string, rowsBefore: number, now: number): Shortened<Part> | null;
  /** What the last reading came to. */
  last(): Remembered<P> | null;
  /** What these very pages came to in all, if they are the ones of the last reading and known by the same. */
  conclusion(pages: readonly P[], identity: Identity | null): Conclusion | null;
  /** Keeps a reading in the place of the last, and what its pages can be asked for with. */
  keep(pages: readonly P[], conclusion: Conclusion, asked: readonly Asked[]): void;
  /** Keeps a reading of the list's head beside the last one of the whole. */
  keepHead(pages: readonly P[], head: HeadConclusion, asked: readonly Asked[]): void;
}

export interface ReadMemory<P extends KnownPage> {
  /** The memory of a list as it is read through `lens`; another lens has seen nothing. */
  of(list: string, lens: string): ListMemory<P>;
}

/** A hash of what an upstream said. */
export const hashOfText = (text: string) => hash("sha1", text, "base64");

const holdsRecord = (reading: RowReading) => reading.kind === "record" && reading.record !== null;

/** A part without the records: they are only needed of what differs. */
function slimPart(part: Part): Part {
  if (!part.readings.some(holdsRecord)) return part;
  const readings = part.readings.map((each) => (each.kind === "record" ? { ...each, record: null } : each));
  return { ...part, readings };
}

/** Pages without the records; `slim` tells what became of each part. */
function slimPages<P extends KnownPage>(pages: readonly P[], slim: Map<Part, Part>): P[] {
  return pages.map((page) => {
    if (!page.readings.some(holdsRecord)) return page;
    const parts = page.parts.map((part) => {
      const known = slim.get(part) ?? slimPart(part);
      slim.set(part, known);
      return known;
    });
    return { ...page, parts, readings: parts.flatMap(({ readings }) => readings) };
  });
}

function slimConclusion(conclusion: Conclusion): Conclusion {
  const { sightings } = conclusion;
  const slim = sightings.map((each) => (each.record ? { ...each, record: null } : each));
  return { ...conclusion, sightings: slim, since: null, moved: null };
}

/** The last reading of a list. */
export interface Remembered<P extends KnownPage> extends Concluded {
  readonly lens: string;
  readonly pages: readonly P[];
  readonly byHash: ReadonlyMap<string, P>;
  readonly characters: number;
  asked: AskedPages;
  /** What the list came to when its head was read since, and the pages of that. */
  head: (HeadConclusion & { readonly byHash: ReadonlyMap<string, P> }) | null;
  /** Made when they are first needed: parts by their texts. */
  texts: Texts | null;
  pieces: Texts | null;
  order: readonly Part[] | null;
  places: ReadonlyMap<Part, number> | null;
}

const charactersOf = (pages: readonly KnownPage[]) =>
  pages.reduce((sum, { characters }) => sum + characters, 0);

type Texts = Map<string, Part>;

function by(pages: readonly KnownPage[], name: "text" | "piece"): Texts {
  const found = new Map<string, Part>();
  for (const { parts } of pages) {
    for (const part of parts) {
      const text = part[name];
      if (text !== null) found.set(text, part);
    }
  }
  return found;
}

/** Texts as they are after a reading that is made of the last one; null to make them anew when they are needed. */
function amended(
  texts: Texts | null,
  name: "text" | "piece",
  moved: Conclusion["moved"],
  slim: ReadonlyMap<Part, Part>,
): Texts | null {
  if (!texts || !moved) return null;
  for (const part of moved.went) texts.delete(part[name] ?? "");
  for (const part of moved.came) {
    const text = part[name];
    if (text !== null) texts.set(text, slim.get(part) ?? part);
  }
  return texts;
}

/** The memory of this process: of the lists that were read last, so many characters of answers in all. */
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
      const good = (part: Part | undefined, now: number) => (part && part.goodUntil > now ? part : undefined);
      return {
        page(hash, now) {
          const page = last?.byHash.get(hash) ?? last?.head?.byHash.get(hash);
          return page && page.goodUntil > now ? page : undefined;
        },
        asked(address, now) {
          const asked = last && askable(last.asked, address, now);
          const page = asked ? this.page(asked.hash, now) : undefined;
          return page && asked ? { page, asked } : undefined;
        },
        row(text, now) {
          if (!last) return undefined;
          last.texts ??= by(last.pages, "text");
          return good(last.texts.get(text), now);
        },
        shorten(text, rowsBefore, now) {
          if (!last) return null;
          last.order ??= last.pages.flatMap(({ parts }) => parts);
          const { order } = last;
          const known = {
            order,
            textAt: (place: number) => good(order[place], now)?.piece ?? null,
            placeOf(piece: string) {
              last.pieces ??= by(last.pages, "piece");
              const part = good(last.pieces.get(piece), now);
              if (!part) return undefined;
              last.places ??= new Map(order.map((each, place) => [each, place]));
              return last.places.get(part);
            },
          };
          return shorten(text, known, rowsBefore);
        },
        last: () => last,
        conclusion(pages, identity) {
          if (!last || identity !== last.conclusion.identity) return null;
          const same = pages.length === last.pages.length && pages.every((page, i) => page === last.pages[i]);
          return same ? last.conclusion : null;
        },
        keep(pages, conclusion, given) {
          const asked = afterReading(last?.asked ?? nothingAsked, given);
          if (known && conclusion === last?.conclusion) {
            known.asked = asked;
            known.head = null;
            // Read last, so the last to go.
            lists.delete(list);
            lists.set(list, known);
            return;
          }
          const slim = new Map<Part, Part>();
          const kept = slimPages(pages, slim);
          const byHash = new Map(kept.map((page) => [page.hash, page]));
          const characters = charactersOf(kept);
          const texts = amended(last?.texts ?? null, "text", conclusion.moved, slim);
          const pieces = amended(last?.pieces ?? null, "piece", conclusion.moved, slim);
          const concluded = { pages: kept, conclusion: slimConclusion(conclusion) };
          const derived = { texts, pieces, order: null, places: null };
          put(list, { lens, ...concluded, byHash, characters, asked, head: null, ...derived });
        },
        keepHead(pages, conclusion, given) {
          // Another reading has taken the place of the one that this is an amendment of.
          if (!last || lists.get(list) !== last || conclusion.base !== last.conclusion.content) return;
          const kept = slimPages(pages, new Map());
          const head = { ...conclusion, byHash: new Map(kept.map((page) => [page.hash, page])) };
          const characters = charactersOf(last.pages) + charactersOf(kept);
          put(list, { ...last, asked: withHead(last.asked, given), head, characters });
        },
      };
    },
  };
}
