/** What is known is looked at again after so long (ms), where it is its turn. */
const youngMs = 5_000;
/** What is older (ms) is looked at again, however much that is. */
const oldMs = 60_000;

interface Seen<T> {
  readonly at: number;
  readonly what: T | null;
}

/**
 * Keeps what is known of many things, of which each look asks about some: those that are new or a minute old, and of
 * the others as many as their turn allows, what wants attention first. So a look costs the same however many there are.
 */
export function lookInTurn<T>(options: {
  readonly load: (id: string) => Promise<T | null>;
  /** Looked at again at the next look, before all others. */
  readonly wantsAttention: (what: T) => boolean;
  readonly mostAgain: number;
  readonly now: () => number;
}): (ids: readonly string[]) => Promise<ReadonlyMap<string, T>> {
  const { load, wantsAttention, mostAgain, now } = options;
  // In the order in which they were looked at.
  const known = new Map<string, Seen<T>>();
  const age = (seen: Seen<T> | undefined) => (seen ? Math.abs(now() - seen.at) : Infinity);
  const isAwaited = ({ what }: Seen<T>) => what === null || wantsAttention(what);

  return async (ids) => {
    const wanted = new Set(ids);
    for (const id of known.keys()) if (!wanted.has(id)) known.delete(id);
    const due = ids.filter((id) => age(known.get(id)) >= oldMs);
    const rest = [...known].filter(([, seen]) => age(seen) < oldMs);
    const awaited = rest.filter(([, seen]) => isAwaited(seen));
    const others = rest.filter(([, seen]) => !isAwaited(seen) && age(seen) >= youngMs);
    const turn = [...awaited, ...others].slice(0, mostAgain).map(([id]) => id);
    await Promise.all(
      [...due, ...turn].map(async (id) => {
        const what = await load(id);
        known.delete(id);
        known.set(id, { at: now(), what });
      }),
    );
    return new Map([...known].flatMap(([id, { what }]) => (what === null ? [] : [[id, what] as const])));
  };
}
