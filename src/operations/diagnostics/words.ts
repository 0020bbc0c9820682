/** `512 B`, `12 MB`, `3.4 GB`. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1_000 ** power;
  return `${value >= 10 || power === 0 ? Math.round(value) : Number(value.toFixed(1))} ${units[power]}`;
}

/** `45 s`, `3 min`, `2 h`, `5 days`: how long something takes or is off, whatever its sign. */
export function time(ms: number): string {
  const seconds = Math.abs(ms) / 1_000;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`;
  const days = Math.round(seconds / 86_400);
  return `${days} day${days === 1 ? "" : "s"}`;
}

/** `3 nodes`, `1 node`. */
export function amount(number: number, noun: string, nouns = `${noun}s`): string {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? noun : nouns}`;
}
