export const seconds = (count: number) => count * 1_000;
export const minutes = (count: number) => seconds(count * 60);

/**
 * Whether so many milliseconds went by since `start`. A browser's clock may be set anew at any time: a start that lies
 * ahead counts as over, and so does one that is not known.
 */
export function isOver(start: number | null, length: number, now: number): boolean {
  return start === null || now < start || now - start >= length;
}
