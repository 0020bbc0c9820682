import { addClient, addInvoice, payInvoice, putDocument, setInvoice } from "./acts/business.js";
import { addCollection, putLink, toggleStar } from "./acts/collections.js";
import { addDownloads, finishDownload } from "./acts/downloads.js";
import { addFavorites, changeFavorites, removeFavorites } from "./acts/favorites.js";
import { createRandom } from "./random.js";
import { UnknownThingError, type World } from "./world.js";

/** Clients and owner going about their business. */
export interface Life {
  start(): void;
  stop(): void;
  /** How many times faster than life; at 1 something happens about once a minute. */
  speed: number;
  readonly running: boolean;
  /** Lets one thing happen now; for tests that want no timers. */
  tick(): void;
}

const meanGapMs = 60_000;

/** The same seed gives the same acts in the same order; how far apart is the clock's business. */
export function createLife(world: World, seed: number, speed: number): Life {
  const random = createRandom(seed ^ 0x11fe);
  // Acts asked for from outside draw from another stream, so that they do not change what life would do.
  const living: World = { ...world, random };
  const acts = weigh(living);
  let burst: { left: number; collection: number; client: number } | null = null;
  let timer: NodeJS.Timeout | null = null;

  const tick = (): void => {
    if (burst && burst.left > 0 && living.studio.collections.has(burst.collection)) {
      burst.left -= 1;
      addFavorites(living, { collection: burst.collection, client: burst.client, count: random.int(1, 3) });
      return;
    }
    burst = null;
    if (random.chance(0.4)) {
      const made = attempt(() => addFavorites(living, { count: random.int(1, 4) }));
      if (made) {
        burst = {
          left: random.int(1, 5),
          collection: Number(made.collection.id),
          client: Number(made.client.id),
        };
      }
      return;
    }
    const act = random.pick(acts);
    attempt(act);
  };

  const life: Life = {
    speed,
    get running() {
      return timer !== null;
    },
    tick,
    start() {
      if (timer) return;
      const schedule = (): void => {
        // Within a burst the clicks come quickly; between them there is quiet.
        const gap = (burst ? 0.25 : 0.5 + random.next()) * meanGapMs;
        timer = setTimeout(() => {
          tick();
          schedule();
        }, gap / life.speed);
      };
      schedule();
    },
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
  return life;
}

/** An act that finds nothing to act on (every invoice paid) simply does not happen. */
function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof UnknownThingError) return null;
    throw error;
  }
}

function weigh(world: World): readonly (() => unknown)[] {
  const { random } = world;
  const times = (count: number, act: () => unknown): (() => unknown)[] =>
    Array.from({ length: count }, () => act);
  return [
    ...times(6, () =>
      addDownloads(world, { count: random.int(1, 3), client: random.chance(0.2) ? null : undefined }),
    ),
    ...times(2, () => addDownloads(world, { kind: "gallery", parts: random.int(2, 4) })),
    ...times(2, () => addDownloads(world, { kind: "video", status: "processing" })),
    ...times(2, () => finishDownload(world, { status: random.chance(0.8) ? "completed" : "failed" })),
    ...times(4, () => payInvoice(world)),
    ...times(3, () => addInvoice(world)),
    ...times(2, () => removeFavorites(world)),
    ...times(2, () => changeFavorites(world, { note: "Please retouch" })),
    ...times(1, () => setInvoice(world, { status: "overdue" })),
    ...times(1, () => addCollection(world)),
    ...times(1, () => addClient(world)),
    ...times(1, () => putLink(world)),
    ...times(1, () => toggleStar(world)),
    ...times(1, () => putDocument(world, { kind: random.pick(["contracts", "questionnaires", "quotes"]) })),
  ];
}
