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

/** The words of a name in snake_case, kebab-case or camelCase. */
export const wordsOf = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ");
