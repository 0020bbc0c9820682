import { createRandom } from "../random.js";

/** Things that change on every read although nothing happened. */
export interface Volatile {
  /** A signed address: another query every time. */
  signed(path: string): string;
  /** "3 minutes ago". */
  ago(at: number): string;
  /** A counter that grows with every read. */
  count(): number;
}

/** Draws from a stream of its own, so that reading never changes what happens. */
export function createVolatile(seed: number, now: () => number): Volatile {
  const random = createRandom(seed ^ 0x70_1a);
  let reads = 1000;
  return {
    signed: (path) =>
      `https://images.pixieset.example/${path}?Expires=${Math.floor(now() / 1000) + 3600}&Signature=${random.code(20)}`,
    ago(at) {
      const seconds = Math.max(0, Math.round((now() - at) / 1000));
      if (seconds < 120) return `${seconds} seconds ago`;
      if (seconds < 7200) return `${Math.round(seconds / 60)} minutes ago`;
      return seconds < 172_800
        ? `${Math.round(seconds / 3600)} hours ago`
        : `${Math.round(seconds / 86_400)} days ago`;
    },
    count() {
      reads += random.int(1, 3);
      return reads;
    },
  };
}
