import { type Identified, type Identity, identify, type Lost, type Sighting } from "../domain/identity.js";
import type { Since } from "../domain/upstream.js";
import { type KnownPage, keyOf, type Part } from "./page.js";

/** What the rows of a list came to. */
export interface Conclusion extends Identified {
  readonly content: object;
  readonly since: Since | null;
  /** By key and without their records, when every row stands for a record of its own. */
  readonly index: Index;
  /** Rows that came into, and went out of, the last reading, where this is made of that one. */
  readonly moved: { readonly came: readonly Part[]; readonly went: readonly Part[] } | null;
}

/** Null when rows had to be told apart, or once the next conclusion was made of it. */
interface Index {
  sightings: Map<string, Sighting> | null;
}

/** What was concluded from pages. */
export interface Concluded {
  readonly pages: readonly KnownPage[];
  readonly conclusion: Conclusion;
}

/** What a list came to when its head was read: the last conclusion of the whole of it, amended. */
export interface HeadConclusion {
  /** What it is an amendment of. */
  readonly base: object;
  readonly content: object;
  readonly sightings: readonly Sighting[];
  /** Records that are otherwise than in the base. */
  readonly amended: ReadonlyMap<string, Sighting>;
  /** The total that the answers gave. */
  readonly total: number | null;
  /** Keys of the head, in the order of the list. */
  readonly keys: readonly string[];
  /** Start of the poll, ISO 8601. */
  readonly at: string;
}

interface Options {
  readonly identity: Identity | null;
  readonly countsAgree: boolean;
  readonly repeats: boolean;
}

/** Tells the rows of all pages apart: as they differ from those of the last reading, if that can be. */
export function conclude(
  pages: readonly KnownPage[],
  before: Concluded | null,
  options: Options,
): Conclusion | Lost {
  return (before && amend(pages, before, options)) ?? whole(pages, options);
}

function whole(pages: readonly KnownPage[], options: Options): Conclusion | Lost {
  const candidates = pages.map(({ readings }) => readings.filter((each) => each.kind === "record"));
  const found = identify(candidates, options.identity, options);
  if (found.kind === "lost") return found;
  const isPlain =
    found.nameless === 0 &&
    !found.shifted &&
    found.sightings.length === candidates.reduce((sum, { length }) => sum + length, 0) &&
    (found.identity === "id" || found.identity === "natural");
  const sightings = isPlain ? new Map(found.sightings.map((each) => [each.key, withoutRecord(each)])) : null;
  const index = { sightings };
  return { ...found, content: {}, since: null, index, moved: null };
}

const withoutRecord = (sighting: Sighting): Sighting =>
  sighting.record === null ? sighting : { ...sighting, record: null };

/** Rows that came and rows that went; those that only moved are neither. Before, each stood once. */
function differences(pages: readonly KnownPage[], before: readonly KnownPage[]) {
  const [now, then] = [new Set(pages), new Set(before)];
  const went = new Set<Part>();
  for (const page of then) if (!now.has(page)) for (const part of page.parts) went.add(part);
  const came: Part[] = [];
  for (const page of now) {
    if (!then.has(page)) for (const part of page.parts) if (!went.delete(part)) came.push(part);
  }
  return { came, went: [...went] };
}

/**
 * What was concluded before, less the rows that went, and with those that came. Null where that is not enough: where
 * rows have to be told apart, by an id that is missing or stands twice.
 */
function amend(pages: readonly KnownPage[], before: Concluded, { identity }: Options): Conclusion | null {
  const { content, identity: by } = before.conclusion;
  const { sightings: index } = before.conclusion.index;
  if (!index || by !== identity || (by !== "id" && by !== "natural")) return null;
  // A page that was answered twice is no page of its own.
  if (new Set(pages).size < pages.length) return null;
  const { came, went } = differences(pages, before.pages);
  const sightingOf = (reading: Part["readings"][number]): Sighting | null => {
    const key = keyOf(reading, by);
    return reading.kind !== "record" || key === null ? null : { ...reading, key };
  };
  const added = came.flatMap(({ readings }) => readings.map(sightingOf));
  const removed = went.flatMap(({ readings }) => readings.map(sightingOf));
  if (added.includes(null) || removed.includes(null)) return null;
  const given = (all: readonly (Sighting | null)[]) => all.filter((each) => each !== null);
  const [here, gone] = [given(added), given(removed)];
  const goneKeys = new Set(gone.map(({ key }) => key));
  const isTaken = ({ key }: Sighting) => index.has(key) && !goneKeys.has(key);
  if (here.some(isTaken) || new Set(here.map(({ key }) => key)).size < here.length) return null;
  // In place: what was concluded before is not needed any more, and must not be used again.
  before.conclusion.index.sightings = null;
  for (const { key } of gone) index.delete(key);
  const same = before.conclusion.sightings.filter(({ key }) => !goneKeys.has(key));
  for (const sighting of here) index.set(sighting.key, withoutRecord(sighting));
  return {
    kind: "identified",
    identity: by,
    sightings: [...same, ...here],
    shifted: false,
    nameless: 0,
    content: {},
    since: { content, added: here, removed: gone },
    index: { sightings: index },
    moved: { came, went },
  };
}
