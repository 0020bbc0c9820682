import type { Card } from "../domain/card.js";
import { createRecent, type Recent } from "../recent.js";
import { cardBox } from "./keys.js";
import type { RedisClient } from "./redis.js";
import type { RunScript } from "./scripts.js";

/** Some cards that follow one another, oldest first; `add-cards.lua` says how they are written. */
export interface Box {
  readonly number: number;
  /** The position of its first card. */
  readonly first: string;
}

/** The cards of all rows of one stream, in their order. Rows of before there were cards come before the first box. */
export interface CardFile {
  /** Oldest first. */
  boxes(): Promise<Box[]>;
  /** The words of a box, six to a card. `next`: the box behind it, if there is one. */
  read(box: Box, next: Box | undefined): Promise<Uint32Array>;
  /** Throws boxes away of which no row is left: `oldest` is the first row that is. */
  trim(oldest: string): Promise<void>;
  /** Puts cards before the oldest box, unless that is another one by now. */
  prepend(oldest: Box | undefined, cards: readonly FiledCard[]): Promise<void>;
}

export interface FiledCard {
  readonly position: string;
  readonly card: Card;
  readonly matched: number | null;
}

export const cardsInBox = 4_096;
export const wordsInCard = 6;
const bytesInCard = wordsInCard * 4;
/** Of boxes that are kept in memory: what two million events take. */
const rememberedBytes = 48_000_000;

/** Boxes that are full and followed by others do not change: they are read once, by whoever holds this. */
export type BoxMemory = Recent<Uint32Array>;
export const createBoxMemory = (): BoxMemory => createRecent(rememberedBytes);

/** A card as scripts take it. */
export function cardArguments({ type, account, collection, clientId, clientEmail }: Card): number[] {
  return [type, account, collection, clientId, clientEmail];
}

/** A position as two numbers. */
export type Place = readonly [ms: number, sequence: number];

export const isBelow = (a: Place, b: Place) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

export function placeOf(position: string): Place {
  const [ms, sequence] = position.split("-").map(Number);
  return [ms ?? 0, sequence ?? 0];
}

/** `key`: of the sorted set of boxes; `owner`: of the account without which there is none. */
export function createCardFile(
  client: RedisClient,
  run: RunScript,
  options: { readonly key: string; readonly owner?: string; readonly memory: BoxMemory },
): CardFile {
  const { key, owner, memory } = options;
  return {
    async boxes() {
      const rows = await client.zrange(key, "0", "-1", "WITHSCORES");
      const boxes: Box[] = [];
      for (let i = 0; i < rows.length; i += 2)
        boxes.push({ first: rows[i] ?? "", number: Number(rows[i + 1]) });
      return boxes;
    },
    async read(box, next) {
      // With both ends in its name: should Redis lose its last second, other cards can come into the box.
      const name = next && `${key} ${box.number} ${box.first} ${next.first}`;
      const known = name && memory.get(name);
      if (known) return known;
      const bytes = await client.getBuffer(cardBox(key, box.number));
      // Copied, as words have to lie on even addresses. Processors that Node runs on are little-endian, like the cards.
      const words = new Uint32Array(Math.floor((bytes?.length ?? 0) / bytesInCard) * wordsInCard);
      if (bytes) new Uint8Array(words.buffer).set(bytes.subarray(0, words.byteLength));
      if (name) memory.set(name, words, words.byteLength);
      return words;
    },
    async trim(oldest) {
      for (;;) {
        const [first, next] = await client.zrange(key, "0", "1");
        if (first === undefined || next === undefined) return;
        if (isBelow(placeOf(oldest), placeOf(next))) return;
        const number = await client.zscore(key, first);
        // The box first: without its name in the set nobody would look for it any more.
        await client.unlink(cardBox(key, Number(number)));
        await client.zrem(key, first);
      }
    },
    async prepend(oldest, cards) {
      const [first] = cards;
      if (!first) return;
      const guarded = owner === undefined ? [key] : [key, owner];
      await run("prepend-cards", guarded, [oldest?.first ?? "", first.position, pack(cards)]);
    },
  };
}

function pack(cards: readonly FiledCard[]): Buffer {
  const bytes = Buffer.alloc(cards.length * bytesInCard);
  for (const [index, { position, card, matched }] of cards.entries()) {
    const at = index * bytesInCard;
    const [ms, sequence] = placeOf(position);
    bytes.writeUInt32LE(ms % 2 ** 32, at);
    bytes.writeUInt32LE(sequence, at + 4);
    bytes.writeUInt16LE(Math.floor(ms / 2 ** 32), at + 8);
    bytes.writeUInt16LE(card.type, at + 10);
    bytes.writeUInt32LE(card.account * 4 + (matched === null ? 0 : matched === 0 ? 1 : 2), at + 12);
    bytes.writeUInt32LE(card.collection, at + 16);
    bytes.writeUInt16LE(card.clientId, at + 20);
    bytes.writeUInt16LE(card.clientEmail, at + 22);
  }
  return bytes;
}
