const plainNames = new Map<string, string>();

/** A name as all of its spellings have it in common. */
export function plainName(name: string): string {
  const known = plainNames.get(name);
  if (known !== undefined) return known;
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  // Rows of one list have the same few names; names that an answer makes up must not fill the memory.
  if (plainNames.size > 5_000) plainNames.clear();
  plainNames.set(name, plain);
  return plain;
}
