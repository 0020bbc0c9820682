import { performance } from "node:perf_hooks";
import type { ClockReading } from "./server.js";

/** The time that all processes go by who share a Redis: the server's. */
export interface SharedClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  close(): void;
}

export interface SharedClockOptions {
  /** How far the server is ahead of a clock that is handed in. */
  readonly read: (clock: () => number) => Promise<ClockReading>;
  /** Of this machine, for tests: what people set (ms since 1970), and what only ever runs on (ms). */
  readonly wall?: () => number;
  readonly steady?: () => number;
}

/** How often the server is asked, ms. */
const lookEveryMs = 10_000;
/** Less than this (ms) is noise: a time that goes back and forth by it would be worse. */
const toleranceMs = 50;
/** The two clocks of a machine part by as much (ms) only when one is set, or while it sleeps. */
const suspiciousMs = 500;

/**
 * A machine whose clock is set an hour forward, and back again, would put work off by that hour; two machines that
 * disagree would take turns with it. So nobody goes by a machine's own clock: the server is asked now and then, and
 * between two answers time runs on as steadily as the machine counts it. Throws when the server cannot be asked at first.
 */
export async function startSharedClock(options: SharedClockOptions): Promise<SharedClock> {
  const { read, wall = Date.now, steady = () => performance.now() } = options;
  let { aheadMs: offset } = await read(steady);
  let apart = wall() - steady();
  let asking = false;

  const look = async () => {
    if (asking) return;
    asking = true;
    apart = wall() - steady();
    try {
      const { aheadMs, exactMs } = await read(steady);
      if (Math.abs(aheadMs - offset) > exactMs + toleranceMs) offset = aheadMs;
    } catch {
      // Without an answer time runs on.
    } finally {
      asking = false;
    }
  };

  const timer = setInterval(() => void look(), lookEveryMs).unref();
  return {
    now() {
      const at = steady();
      // The machine slept, or somebody set its clock, which may be that of the server, too.
      if (Math.abs(wall() - at - apart) > suspiciousMs) void look();
      return Math.round(at + offset);
    },
    close: () => clearInterval(timer),
  };
}
