import { setImmediate as breathe } from "node:timers/promises";
import { type CardFile, isBelow, placeOf, wordsInCard } from "./cards.js";

/** What was counted: slots of the same length, the first of which begins at `from`. */
export interface Slots {
  /** Both in ms. */
  readonly from: number;
  readonly length: number;
  readonly count: number;
}

/** What a card says, as numbers; see `domain/card.ts`. */
export interface CardNumbers {
  readonly type: number;
  readonly account: number;
  readonly collection: number;
}

/** Boxes that are read at once: a million events are two hundred and fifty of them. */
const boxesAtOnce = 32;

/**
 * Counts cards by when their events were written and by what `keyOf` makes of them; what it calls -1 is left out.
 * Rows of before there were cards are not counted.
 */
export async function tallyCards(
  file: CardFile,
  slots: Slots,
  keyOf: (card: CardNumbers) => number,
): Promise<Map<number, number[]>> {
  const end = slots.from + slots.length * slots.count;
  const boxes = await file.boxes();
  const inside = boxes
    .map((box, index) => ({ box, next: boxes[index + 1] }))
    .filter(({ box, next }) => {
      const isOver = next !== undefined && !isBelow([slots.from, 0], placeOf(next.first));
      return !isOver && isBelow(placeOf(box.first), [end, 0]);
    });
  const tally = new Map<number, number[]>();
  for (let i = 0; i < inside.length; i += boxesAtOnce) {
    if (i > 0) await breathe();
    const some = inside.slice(i, i + boxesAtOnce);
    for (const words of await Promise.all(some.map(({ box, next }) => file.read(box, next))))
      tallyBox(words, slots, keyOf, tally);
  }
  return tally;
}

function tallyBox(
  words: Uint32Array,
  { from, length, count }: Slots,
  keyOf: (card: CardNumbers) => number,
  tally: Map<number, number[]>,
): void {
  const card = { type: 0, account: 0, collection: 0 };
  for (let at = 0; at < words.length; at += wordsInCard) {
    const high = words[at + 2] ?? 0;
    const slot = Math.floor(((words[at] ?? 0) + (high & 0xffff) * 2 ** 32 - from) / length);
    if (slot < 0 || slot >= count) continue;
    card.type = high >>> 16;
    card.account = (words[at + 3] ?? 0) >>> 2;
    card.collection = words[at + 4] ?? 0;
    const key = keyOf(card);
    if (key === -1) continue;
    let counts = tally.get(key);
    if (!counts) {
      counts = new Array<number>(count).fill(0);
      tally.set(key, counts);
    }
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
}
