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
