import { type Finding, good, notice, problem } from "../../domain/finding.js";
import type { Presence } from "../../store/presence.js";
import type { ClockReading } from "../../store/server.js";
import { time } from "./words.js";

export interface ClockFacts {
  /** The clock of Redis, beside that of the process that looks. */
  readonly redis: ClockReading;
  /** All processes, as they compared theirs. */
  readonly processes: readonly Presence[];
  readonly now: number;
}

/** From how far off (ms) a clock is worth knowing of, and from where somebody has to set it. */
const limits = {
  redis: { notice: 2_000, problem: 30_000 },
  // Told in whole seconds, by a machine that is far away.
  upstream: { notice: 10_000, problem: 60_000 },
  here: { notice: 10_000, problem: 60_000 },
};
/** What was heard of the upstream's clock says nothing after this time, ms. */
const heardFor = 3_600_000;

const remedy =
  "Let a time service (chrony, systemd-timesyncd) set the clocks: pixiehook goes by that of Redis wherever it runs, receivers refuse signatures that are five minutes off, and logs tell each machine's own time.";

/** Whether the clocks agree by which the work is done. */
export function judgeClocks({ redis, processes, now }: ClockFacts): Finding[] {
  const heard = processes
    .flatMap(({ upstream }) => (upstream && now - upstream.at < heardFor ? [upstream] : []))
    .toSorted((a, b) => b.at - a.at)[0];
  const farthest = processes.reduce(
    (far, { redisAheadMs }) => (Math.abs(redisAheadMs) > Math.abs(far) ? redisAheadMs : far),
    0,
  );
  const own = Math.sign(redis.aheadMs) * Math.max(0, Math.abs(redis.aheadMs) - redis.exactMs);
  const findings = [
    ...judgeOffset("clock_redis", "The service's clock", "that of Redis", -own, limits.redis),
    ...(Math.abs(own) >= limits.redis.notice
      ? []
      : judgeOffset("clock_process", "A worker's clock", "that of Redis", -farthest, limits.redis)),
    ...(heard
      ? judgeOffset("clock_upstream", "The service's clock", "Pixieset's", -heard.aheadMs, limits.upstream)
      : []),
  ];
  const others = heard ? "the service, Redis and Pixieset" : "the service and Redis";
  return findings.length > 0 ? findings : [good("clock", `The clocks of ${others} agree.`)];
}

/** `aheadMs`: of the service's clock, as it was seen here. */
export function judgeClockHere(aheadMs: number): Finding[] {
  return judgeOffset("clock_here", "The service's clock", "this machine's", aheadMs, limits.here);
}

function judgeOffset(
  code: string,
  whose: string,
  others: string,
  aheadMs: number,
  limit: { readonly notice: number; readonly problem: number },
): Finding[] {
  if (Math.abs(aheadMs) < limit.notice) return [];
  const text = `${whose} is ${time(aheadMs)} ${aheadMs > 0 ? "ahead of" : "behind"} ${others}.`;
  return [Math.abs(aheadMs) < limit.problem ? notice(code, text, remedy) : problem(code, text, remedy)];
}
