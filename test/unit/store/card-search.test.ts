import { expect, test } from "vitest";
import { searchCards } from "../../../src/store/card-search.js";
import { type CardFile, wordsInCard } from "../../../src/store/cards.js";

/** A file of one box whose cards stand at 1-0, 2-0, … */
function fileOf(count: number): CardFile {
  const words = new Uint32Array(count * wordsInCard);
  for (let i = 0; i < count; i++) words[i * wordsInCard] = i + 1;
  return {
    boxes: async () => [{ number: 0, first: "1-0" }],
    read: async () => words,
    trim: async () => undefined,
    prepend: async () => undefined,
  };
}

test("a search does not say that it has looked at cards behind its stretch", async () => {
  const file = fileOf(9);
  const anything = { types: null, accounts: null, collections: null, clients: null, matched: null };
  for (const filter of [anything, { ...anything, accounts: new Set([1]) }]) {
    const stretch = { low: [-1, 0], high: [6, 1] } as const;
    const search = { filter, stretch, order: "asc", enough: 100 } as const;
    const reached: string[] = [];
    for await (const find of searchCards(file, await file.boxes(), search)) reached.push(find.reached);
    expect(reached).toEqual(["6-0"]);
  }
});
