/** What is known is looked at again after so long (ms), where it is its turn; sooner, what wants attention. */
const youngMs = 5_000;
const soonMs = 1_000;
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
  /** Looked at again after a second, before all others. */
  readonly wantsAttention: (what: T) => boolean;
  readonly mostAgain: number;
  readonly now: () => number;
}): (ids: readonly string[]) => Promise<(id: string) => T | null> {
  const { load, wantsAttention, mostAgain, now } = options;
  // In the order in which they were looked at.
  const known = new Map<string, Seen<T>>();
  const age = (seen: Seen<T> | undefined) => (seen ? Math.abs(now() - seen.at) : Infinity);
  const isAwaited = ({ what }: Seen<T>) => what === null || wantsAttention(what);

  return async (ids) => {
    const wanted = new Set(ids);
    const [awaited, others]: [string[], string[]] = [[], []];
    for (const [id, seen] of known) {
      const passed = age(seen);
      if (!wanted.has(id)) known.delete(id);
      else if (passed < soonMs || passed >= oldMs) continue;
      else if (isAwaited(seen)) awaited.push(id);
      else if (passed >= youngMs) others.push(id);
    }
    const due = ids.filter((id) => age(known.get(id)) >= oldMs);
    await Promise.all(
      [...due, ...[...awaited, ...others].slice(0, mostAgain)].map(async (id) => {
        const what = await load(id);
        known.delete(id);
        known.set(id, { at: now(), what });
      }),
    );
    return (id) => known.get(id)?.what ?? null;
  };
}
