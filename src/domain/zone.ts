const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, format);
  return format;
}

/** What the clock on the wall shows in a zone, as if it were UTC (milliseconds). */
function wallClock(at: number, zone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatFor(zone).formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Minutes since midnight in a zone. */
export function minutesOfDay(at: number, zone: string): number {
  const wall = new Date(wallClock(at, zone));
  return wall.getUTCHours() * 60 + wall.getUTCMinutes();
}

/** Minutes since midnight of a time of day such as `18:30`. */
export function minutesOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0] = timeOfDay.split(":").map(Number);
  return hours * 60 + minutes;
}

/**
 * The first instant (ms) after `after` at which the zone's clocks show `timeOfDay`. A time that daylight saving
 * skips comes at the first moment after the gap; one that it brings twice comes twice.
 */
export function nextTimeOfDay(after: number, timeOfDay: string, zone: string): number {
  const day = 86_400_000;
  const midnight = Math.floor(wallClock(after, zone) / day) * day;
  for (let days = -1; days <= 2; days++) {
    const wall = midnight + days * day + minutesOf(timeOfDay) * 60_000;
    const at = instantsOf(wall, zone).find((instant) => instant > after);
    if (at !== undefined) return at;
  }
  throw new Error(`no ${timeOfDay} within two days in ${zone}`);
}

/**
 * The first instant (ms) after `after` at which the zone's clocks have gone a whole number of periods (ms) since a
 * midnight. One that daylight saving skips comes at the first moment after the gap; one that it brings twice comes
 * twice, so that no period grows longer by that.
 */
export function nextPeriod(after: number, period: number, zone: string): number {
  const quarter = 900_000;
  // Clocks differ from UTC by whole quarters of an hour, so short periods end at the same instants everywhere.
  if (quarter % period === 0) return (Math.floor(after / period) + 1) * period;
  const offset = offsetOf(after, zone);
  const wall = after + offset;
  const plain = (Math.floor(wall / period) + 1) * period - offset;
  const margin = 3 * 3_600_000;
  if (offsetOf(after - margin, zone) === offset && offsetOf(plain + margin, zone) === offset) return plain;
  const ends: number[] = [];
  for (
    let end = Math.floor((wall - margin) / period) * period;
    end <= wall + period + margin;
    end += period
  ) {
    ends.push(...instantsOf(end, zone).filter((at) => at > after));
  }
  return ends.length > 0 ? Math.min(...ends) : plain;
}

/** The full minute (ms) at which a zone's clocks are set differently than at `from`, if they are by `to`; or null. */
export function clockChange(from: number, to: number, zone: string): number | null {
  const minute = 60_000;
  const offset = offsetOf(from, zone);
  if (offsetOf(to, zone) === offset) return null;
  let [same, other] = [Math.floor(from / minute), Math.ceil(to / minute)];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetOf(middle * minute, zone) === offset) same = middle;
    else other = middle;
  }
  return other * minute;
}

/** How far (ms) a zone's wall clock is ahead of UTC. */
function offsetOf(at: number, zone: string): number {
  const second = Math.floor(at / 1_000) * 1_000;
  return wallClock(second, zone) - second;
}

/** The instants at which a zone's wall clock shows `wall` (given as if UTC), earliest first: one, or two. */
function instantsOf(wall: number, zone: string): number[] {
  const day = 86_400_000;
  const [before, after] = [wall - day, wall + day].map((at) => wallClock(at, zone) - at) as [number, number];
  const guesses = [wall - Math.max(before, after), wall - Math.min(before, after)] as const;
  const exact = guesses.filter((at) => wallClock(at, zone) === wall);
  return exact.length > 0 ? [...new Set(exact)] : [endOfGap(wall, guesses, zone)];
}

/** The first moment, between these two, at which a zone's wall clock is beyond `wall`, a time that it never shows. */
function endOfGap(wall: number, [from, to]: readonly [number, number], zone: string): number {
  const minute = 60_000;
  let [inside, beyond] = [0, (to - from) / minute];
  while (beyond - inside > 1) {
    const middle = Math.floor((inside + beyond) / 2);
    if (wallClock(from + middle * minute, zone) > wall) beyond = middle;
    else inside = middle;
  }
  return from + beyond * minute;
}
