import { setImmediate as breathe } from "node:timers/promises";
import type { CardFilter } from "../domain/card.js";
import { type Box, type CardFile, isBelow, type Place, placeOf, wordsInCard } from "./cards.js";

/** A stretch of a stream; neither end belongs to it. */
export interface Stretch {
  readonly low: Place;
  readonly high: Place;
}

/** Cards that the filter lets through, one behind the other in the file. */
export interface Run {
  readonly first: string;
  last: string;
  length: number;
}

export interface Find {
  /** In the order of the search; `first` is the one that comes first in it. */
  readonly runs: readonly Run[];
  /** Up to where everything was looked at. */
  readonly reached: string;
  /** How many cards that were since the find before. */
  readonly looked: number;
}

/** Boxes that are read at once grow with each look, up to this: what is common is found in the first one or two. */
const boxesAtOnce = 32;

/** Looks through a file of cards. Each find has `enough` of them at most, and there is one for each box at least. */
export async function* searchCards(
  file: CardFile,
  boxes: readonly Box[],
  search: {
    readonly filter: CardFilter;
    readonly stretch: Stretch;
    readonly order: "asc" | "desc";
    readonly enough: number;
  },
): AsyncGenerator<Find> {
  const { stretch, order } = search;
  const inside = boxes
    .map((box, index) => ({ box, next: boxes[index + 1] }))
    .filter(({ box }) => isBelow(placeOf(box.first), stretch.high))
    .filter(({ next }) => !next || isBelow(stretch.low, placeOf(next.first)));
  if (order === "desc") inside.reverse();
  for (let [i, count] = [0, 1]; i < inside.length; i += count, count = Math.min(count * 2, boxesAtOnce)) {
    if (i > 0) await breathe();
    const some = inside.slice(i, i + count);
    for (const words of await Promise.all(some.map(({ box, next }) => file.read(box, next))))
      yield* searchBox(words, search);
  }
}

function* searchBox(words: Uint32Array, search: Parameters<typeof searchCards>[2]): Generator<Find> {
  const { order, enough, stretch } = search;
  const { low, high } = stretch;
  const passes = sieve(search.filter);
  const length = words.length / wordsInCard;
  const step = order === "asc" ? 1 : -1;
  let runs: Run[] = [];
  let found = 0;
  let before = Number.NaN;
  let from = order === "asc" ? 0 : length - 1;
  let reached = "";
  for (let i = order === "asc" ? 0 : length - 1; i >= 0 && i < length; i += step) {
    const at = i * wordsInCard;
    const isLast = i + step < 0 || i + step >= length;
    if (!passes(words, at) && !isLast) continue;
    const place = placeAt(words, at);
    // No further than the stretch: a cursor there would pass over what was added since it was measured.
    if (isLast) reached = textOf(isBelow(place, high) ? place : lastBelow(words, high));
    if (!isBelow(low, place) || !isBelow(place, high) || !passes(words, at)) continue;
    const position = textOf(place);
    const run = runs.at(-1);
    if (run && before === i - step) {
      run.last = position;
      run.length++;
    } else runs.push({ first: position, last: position, length: 1 });
    before = i;
    if (++found < enough) continue;
    yield { runs, reached: position, looked: Math.abs(i - from) };
    [runs, found, from] = [[], 0, i];
  }
  if (reached !== "") yield { runs, reached, looked: order === "asc" ? length - from : from };
}

/** Where the last card stands that comes before a place; the first one does. */
function lastBelow(words: Uint32Array, high: Place): Place {
  let at = words.length - wordsInCard;
  while (at > 0 && !isBelow(placeAt(words, at), high)) at -= wordsInCard;
  return placeAt(words, at);
}

function placeAt(words: Uint32Array, at: number): Place {
  return [(words[at] ?? 0) + ((words[at + 2] ?? 0) & 0xffff) * 2 ** 32, words[at + 1] ?? 0];
}

const textOf = ([ms, sequence]: Place) => `${ms}-${sequence}`;

/** Whether the card at this word passes the filter. */
function sieve({ types, accounts, collections, clients, matched }: CardFilter) {
  const known = types && new Uint8Array(2 ** 16);
  for (const type of types ?? []) if (known) known[type] = 1;
  const noted = matched === null ? 0 : matched ? 2 : 1;
  return (words: Uint32Array, at: number): boolean => {
    if (known && known[(words[at + 2] ?? 0) >>> 16] === 0) return false;
    if (collections !== null && !collections.includes(words[at + 4] ?? 0)) return false;
    if (clients !== null) {
      const names = words[at + 5] ?? 0;
      if (!clients.includes(names & 0xffff) && !clients.includes(names >>> 16)) return false;
    }
    const owner = words[at + 3] ?? 0;
    if (noted !== 0 && (owner & 3) !== noted) return false;
    return accounts === null || accounts.has(owner >>> 2);
  };
}
