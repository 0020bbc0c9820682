type Reads = readonly (readonly [minute: number, count: number])[];

const minuteOf = (now: number) => Math.floor(now / 60_000);
const isRecent = (minute: number, now: number) => minute <= minuteOf(now) && minute > minuteOf(now) - 60;

/** One more page was read; what is older than an hour goes. */
export function countRead(reads: Reads, now: number): Reads {
  const recent = reads.filter(([minute]) => isRecent(minute, now) && minute !== minuteOf(now));
  const here = reads.find(([minute]) => minute === minuteOf(now))?.[1] ?? 0;
  return [...recent, [minuteOf(now), here + 1]];
}

/** How many pages were read in the last hour. */
export function readsLately(reads: Reads, now: number): number {
  return reads.reduce((sum, [minute, count]) => sum + (isRecent(minute, now) ? count : 0), 0);
}
