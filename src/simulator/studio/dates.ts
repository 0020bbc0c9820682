export const day = 86_400_000;

/** YYYY-MM-DD in UTC. */
export function isoDate(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
