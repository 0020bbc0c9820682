/** For how long (ms) what was measured serves whoever asks. */
export const freshMs = 15_000;

/** The same work for all who ask within `ms`; one that failed is done again for the next. */
export function atMostEvery<T>(ms: number, now: () => number, work: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly done: Promise<T> } | null = null;
  return () => {
    if (last === null || now() - last.at >= ms || now() < last.at) {
      const done = work();
      last = { at: now(), done };
      done.catch(() => {
        last = null;
      });
    }
    return last.done;
  };
}
