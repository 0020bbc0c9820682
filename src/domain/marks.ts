/**
 * What the hints of an account say: by collection, or by the name of the list that hints. A mark is a number, which goes
 * up with each move, and the words of the row as it was read last: "3 aaaabbbb".
 */
export type Marks = ReadonlyMap<string, string>;

/** Letters of one word: the hash of one value of a row. */
export const wordLength = 4;

/** From so many rows on it is no chance that most of them move at once. */
const enoughRows = 8;

/** The number of a mark; 0 for none. */
const movesOf = (mark: string | undefined) => Number.parseInt(mark ?? "", 10) || 0;

/** What a source remembers of a mark; null for none. */
export function movesIn(mark: string | undefined): string | null {
  return mark === undefined ? null : String(movesOf(mark));
}

const wordsOf = (mark: string) => mark.slice(mark.indexOf(" ") + 1);

function* places(before: string, now: string): Generator<number> {
  for (let at = 0; at < Math.max(before.length, now.length); at += wordLength)
    if (before.slice(at, at + wordLength) !== now.slice(at, at + wordLength)) yield at;
}

/** Places of words that changed in most rows between two readings: a value that always changes does not say where. */
function restlessPlaces(before: Marks, said: ReadonlyMap<string, string>): Set<number> {
  const changed = new Map<number, number>();
  let rows = 0;
  for (const [name, words] of said) {
    const mark = before.get(name);
    if (mark === undefined) continue;
    rows++;
    for (const place of places(wordsOf(mark), words)) changed.set(place, (changed.get(place) ?? 0) + 1);
  }
  if (rows < enoughRows) return new Set();
  return new Set([...changed].filter(([, count]) => count * 2 > rows).map(([place]) => place));
}

/**
 * The marks that differ after a reading in which rows had these words, and the names of those that moved by it. What
 * changed in most rows at once is noted, and moves nothing.
 */
export function nextMarks(
  before: Marks,
  said: ReadonlyMap<string, string>,
): { readonly marks: Map<string, string>; readonly moved: ReadonlySet<string> } {
  const restless = restlessPlaces(before, said);
  const marks = new Map<string, string>();
  const moved = new Set<string>();
  for (const [name, words] of said) {
    const mark = before.get(name);
    if (mark !== undefined && wordsOf(mark) === words) continue;
    const changed = mark === undefined ? [0] : [...places(wordsOf(mark), words)];
    const moves = mark === undefined || changed.some((place) => !restless.has(place));
    if (moves) moved.add(name);
    marks.set(name, `${movesOf(mark) + (moves ? 1 : 0)} ${words}`);
  }
  return { marks, moved };
}
