/** This moment in ms since 1970, finer than a clock's: the same in all processes of this machine. */
export function moment(): number {
  return performance.timeOrigin + performance.now();
}

/** Does something at an even pace, whatever the one before takes. Ends when all of it is done. */
export async function atPace<T>(
  { perSecond, forMs }: Pace,
  work: (index: number) => Promise<T>,
): Promise<T[]> {
  const count = Math.round((perSecond * forMs) / 1_000);
  const begin = performance.now();
  const begun: Promise<T>[] = [];
  while (begun.length < count) {
    const due = begin + (begun.length * 1_000) / perSecond;
    const wait = due - performance.now();
    // A timer of Node's fires up to a millisecond late, and is no finer.
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    else begun.push(work(begun.length));
  }
  return Promise.all(begun);
}

export interface Pace {
  readonly perSecond: number;
  readonly forMs: number;
}

/** When (ms) the event of this id was committed. */
export interface Committed {
  readonly id: string;
  readonly at: number;
}
