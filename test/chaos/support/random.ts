/** A number in [0, 1) each time, the same ones for the same seed (mulberry32). */
export function createRandom(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number) => Math.floor(next() * count);
  return {
    next,
    below,
    pick<T>(all: readonly T[]): T {
      const chosen = all[below(all.length)];
      if (chosen === undefined) throw new Error("nothing to choose from");
      return chosen;
    },
  };
}

export type Random = ReturnType<typeof createRandom>;

const { CHAOS_SEED } = process.env;
/** Of this run: CHAOS_SEED repeats one. What processes do with it is not repeated to the millisecond. */
export const seed = CHAOS_SEED ? Number(CHAOS_SEED) : Math.floor(Math.random() * 1_000_000);
