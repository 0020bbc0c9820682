import { createRandom, type Random } from "./random.js";
import type { Studio } from "./studio/model.js";

/** What was done in the studio, as certain as the detections should be: tests compare with this. */
export interface OracleEntry {
  /** Counts from 1 over the life of the simulator. */
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  /** Named like the event that should follow: `favorite.added`, `invoice.paid`. */
  readonly kind: string;
  /** The id, or null for acts on the studio host. */
  readonly collection: string | null;
  /** Ids and names of what was touched, all as text. */
  readonly [detail: string]: string | number | null;
}

/** The studio together with what acts on it need. */
export interface World {
  readonly studio: Studio;
  readonly random: Random;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly oracle: OracleEntry[];
  /** The share of acts in a collection that move its `updated_at`. */
  listingShows: number;
  record(kind: string, collection: number | null, details: Record<string, string | number | null>): void;
}

/** Says that an id or name given to an act is not in the studio. */
export class UnknownThingError extends Error {
  override readonly name = "UnknownThingError";
}

const oracleLimit = 50_000;

/** `onAct` is told of every act when it is done. */
export function createWorld(
  studio: Studio,
  random: Random,
  now: () => number,
  onAct?: (entry: OracleEntry) => void,
): World {
  const oracle: OracleEntry[] = [];
  let sequence = 0;
  // Of its own, so that what shows never changes what happens.
  const shows = createRandom(0x5405);
  const world: World = {
    studio,
    random,
    now,
    oracle,
    listingShows: 0,
    record(kind, collection, details) {
      const at = new Date(now()).toISOString();
      const touched = collection === null ? undefined : studio.collections.get(collection);
      if (touched && shows.chance(world.listingShows)) touched.updatedAt = now();
      sequence += 1;
      const entry = {
        ...details,
        sequence,
        at,
        kind,
        collection: collection === null ? null : String(collection),
      };
      oracle.push(entry);
      if (oracle.length > oracleLimit) oracle.splice(0, oracle.length - oracleLimit);
      onAct?.(entry);
    },
  };
  return world;
}
