/** Remembers what was read lately, up to a bound. The oldest goes first. */
export interface Recent<T> {
  get(key: string): T | undefined;
  /** `size`: of the value, in whatever the bound is in. */
  set(key: string, value: T, size: number): void;
  /** Forgets one; nothing where it is not known. */
  drop(key: string): void;
}

export function createRecent<T>(bound: number): Recent<T> {
  const known = new Map<string, { readonly value: T; readonly size: number }>();
  let total = 0;
  return {
    get: (key) => known.get(key)?.value,
    set(key, value, size) {
      if (known.has(key) || size > bound) return;
      known.set(key, { value, size });
      total += size;
      for (const [oldest, entry] of known) {
        if (total <= bound) break;
        known.delete(oldest);
        total -= entry.size;
      }
    },
    drop(key) {
      total -= known.get(key)?.size ?? 0;
      known.delete(key);
    },
  };
}
