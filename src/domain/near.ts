/** How many letters have to be put in, left out, changed, or swapped with their neighbour to make one text the other. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const changed = (row[j - 1] ?? 0) + (isSame ? 0 : 1);
      const least = Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      next.push(isSwapped ? Math.min(least, (before[j - 2] ?? 0) + 1) : least);
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}

/** Beyond this length nothing is looked for: whatever it is, it is no slip of the finger. */
const longest = 60;

/** Of the names of the form `object.verb`, those that somebody may have meant, the likeliest first; `most` of them. */
export function namesNear(text: string, names: readonly string[], most = 5): string[] {
  if (text.length > longest) return [];
  const [object = ""] = text.toLowerCase().split(".");
  return names
    .map((name) => ({ name, far: distance(text.toLowerCase(), name), same: name.startsWith(`${object}.`) }))
    .filter(({ far, same }) => same || far <= 3)
    .sort((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ name }) => name);
}

/** The one that somebody most likely meant by `text`; null when none is like it. */
export function nearest(text: string, candidates: readonly string[]): string | null {
  if (text.length > longest) return null;
  const wanted = text.toLowerCase();
  const most = Math.ceil(text.length / 3);
  const ranked = candidates
    .map((candidate) => ({ candidate, away: distance(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.away - b.away);
  const [first] = ranked;
  return first && first.away <= most ? first.candidate : null;
}
