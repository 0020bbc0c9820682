/** How many letters must be changed, added or left out to turn one word into another. Source: Levenshtein, 1965. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let at = 1; at <= to.length; at++) {
      const swapped = (row[at - 1] ?? 0) + (letter === to[at - 1] ? 0 : 1);
      next.push(Math.min(swapped, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
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
