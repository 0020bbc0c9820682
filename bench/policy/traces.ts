import { dayMs, minuteMs } from "./units.js";

/** One collection: what happens in it, and the truth about how often. */
export interface TracedSource {
  readonly bornAt: number;
  /** When (ms from the start of the trace) something happens, in order; before the start for the years before. */
  readonly times: Float64Array;
  /** Whether it is the first act of a client's visit. */
  readonly firsts: Uint8Array;
  /** Acts a millisecond at a time: what no policy but the ideal one knows. */
  rate(time: number): number;
}

export interface Trace {
  readonly name: string;
  readonly endMs: number;
  readonly sources: readonly TracedSource[];
}

export type Shape = "fading" | "weekly" | "lasting" | "bursts" | "anniversaries" | "dormant";

/** Seeded numbers in [0, 1): mulberry32 by Tommy Ettinger, in the public domain. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mix = Math.imul(state ^ (state >>> 15), state | 1);
    mix ^= mix + Math.imul(mix ^ (mix >>> 7), mix | 61);
    return ((mix ^ (mix >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
const exponential = (random: Random) => -Math.log(1 - random());
/** Box and Muller's. */
const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A client does about six things, a few minutes apart. */
export const actsPerVisit = 6;
const betweenActsMs = 2.5 * minuteMs;

/** So far back goes what the records tell. */
const historyMs = 200 * dayMs;

/** How often something happens at a time, and the most from a time on. */
interface Course {
  rate(time: number): number;
  most(from: number): number;
}

/** Visits by thinning a faster Poisson process (Lewis and Shedler), each of a random number of acts. */
function play({ rate, most }: Course, bornAt: number, endMs: number, random: Random): TracedSource {
  const acts: { at: number; first: number }[] = [];
  let time = Math.max(bornAt, -historyMs);
  for (;;) {
    const fastest = most(time) / actsPerVisit;
    time += exponential(random) / fastest;
    if (!(time < endMs)) break;
    if (random() * fastest > rate(time) / actsPerVisit) continue;
    let at = time;
    let first = 1;
    do {
      if (at < endMs) acts.push({ at, first });
      first = 0;
      at += exponential(random) * betweenActsMs;
    } while (random() < 1 - 1 / actsPerVisit);
  }
  acts.sort((a, b) => a.at - b.at);
  const times = Float64Array.from(acts, ({ at }) => at);
  return { bornAt, times, firsts: Uint8Array.from(acts, ({ first }) => first), rate };
}

/** New galleries are looked at most; it fades over two weeks, to next to nothing. Some are loved more than others. */
function fading(bornAt: number, random: Random): Course {
  const strength = (12 / dayMs) * Math.exp(normal(random) - 0.5);
  const rest = (0.002 / dayMs) * Math.exp(normal(random));
  const rate = (time: number) => strength * Math.exp(-(time - bornAt) / (14 * dayMs)) + rest;
  return { rate, most: rate };
}

function weekly(bornAt: number, random: Random): Course {
  const { rate } = fading(bornAt, random);
  const wave = (time: number, period: number) => Math.sin((2 * Math.PI * time) / period);
  return {
    rate: (time) => rate(time) * (1 + 0.8 * wave(time, 7 * dayMs)) * (1 + 0.9 * wave(time, dayMs)),
    most: (from) => rate(from) * 1.8 * 1.9,
  };
}

/** As busy as ever, whatever the age: log-normal. */
function lasting(_bornAt: number, random: Random): Course {
  const rate = (0.3 / dayMs) * Math.exp(2 * normal(random));
  return { rate: () => rate, most: () => rate };
}

/** Asleep, and awake for two days now and then, whatever the age. */
function bursts(bornAt: number, random: Random, endMs: number): Course {
  const busy = 8 / dayMs;
  const rest = 0.002 / dayMs;
  const awake: (readonly [from: number, to: number])[] = [];
  let at = Math.max(bornAt, -historyMs) + exponential(random) * 60 * dayMs;
  while (at < endMs) {
    const to = at + exponential(random) * 2 * dayMs;
    awake.push([at, to]);
    at = to + exponential(random) * 120 * dayMs;
  }
  const isAwake = (time: number) => awake.some(([from, to]) => time >= from && time < to);
  return { rate: (time) => (isAwake(time) ? busy : rest), most: () => busy };
}

/** Looked at again each year around the day. */
function anniversaries(bornAt: number, random: Random): Course {
  const strength = (12 / dayMs) * Math.exp(normal(random) - 0.5);
  const rest = 0.002 / dayMs;
  const rate = (time: number) => {
    const day = ((time - bornAt) / dayMs) % 365;
    return strength * Math.exp(-Math.min(day, 365 - day) / 5) + rest;
  };
  return { rate, most: () => strength + rest };
}

const courses = { fading, weekly, lasting, bursts, anniversaries, dormant: fading };

/**
 * A studio of `collections` galleries, delivered over the last three years and on, or, of a dormant one, in the first of
 * them only. The same for the same seed.
 */
export function traceOf(shape: Shape, options: { seed: number; days: number; collections: number }): Trace {
  const random = seeded(options.seed);
  const endMs = options.days * dayMs;
  const pastMs = 3 * 365 * dayMs;
  const newcomers = shape === "dormant" ? 0 : Math.round((options.collections / pastMs) * endMs);
  const youngest = shape === "dormant" ? 2 * 365 * dayMs : 0;
  const sources = Array.from({ length: options.collections + newcomers }, (_, index) => {
    const bornAt =
      index < options.collections ? -youngest - random() * (pastMs - youngest) : random() * endMs;
    return play(courses[shape](bornAt, random, endMs), bornAt, endMs, random);
  });
  return { name: shape, endMs, sources };
}
