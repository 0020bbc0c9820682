import { setTimeout as sleep } from "node:timers/promises";
import type { Errand } from "../domain/companion.js";
import { announceMs, type Parts } from "../pipeline/parts.js";
import type { CompanionEntry, CompanionService, Ends } from "../services/companions.js";

/** How often (ms) it is looked whether there is something to do for a browser that waits. */
const lookEveryMs = 250;
/** How often (ms) it is looked whether it may wait on. */
const checkEveryMs = 1_000;

interface DeskParts {
  readonly state: CompanionService["state"];
  isPaired(entry: CompanionEntry): Promise<boolean>;
}

/** Gives browsers the pages to get that wait for them, and takes what they got. */
export function createErrandDesk(
  parts: Parts,
  { state, isPaired }: DeskParts,
): Pick<CompanionService, "takeErrand" | "answerErrand"> {
  const { store, wakeUps, now } = parts;

  /** Looks once. A browser that comes where none was wakes the account, which waits for one. */
  async function look({ account, companion }: CompanionEntry, signIn: string): Promise<Errand | null> {
    const by = { companion: companion.id, signIn };
    const announce = () => store.due.announce("poll", account, now() + announceMs);
    const { errand, isNews } = await store.errands.take(account, by, announce);
    if (isNews) {
      await store.due.announce("poll", account, now());
      await wakeUps.wake("poll", account);
    }
    return errand;
  }

  /** Null where nothing is to be taken any more. */
  async function current(entry: CompanionEntry) {
    const [told, paired] = await Promise.all([state(entry), isPaired(entry)]);
    return paired ? told : null;
  }

  async function takeErrand(entry: CompanionEntry, signIn: string, waitMs: number, ends: Ends) {
    const { account, companion } = entry;
    const { gone, stop } = ends;
    const ended = AbortSignal.any([gone, stop]);
    const until = performance.now() + waitMs;
    let told = await current(entry);
    let checkAt = performance.now() + checkEveryMs;
    while (told?.readBy === "browser" && !ended.aborted) {
      const errand = await look(entry, signIn);
      const left = until - performance.now();
      const isOver = errand !== null || left <= 0;
      if (!isOver)
        await sleep(Math.min(lookEveryMs, left), undefined, { signal: ended }).catch(() => undefined);
      // Before a page is given out as well: the pairing may have been ended since it was looked at last.
      if (isOver || performance.now() >= checkAt) {
        told = await current(entry);
        checkAt = performance.now() + checkEveryMs;
      }
      if (isOver && told?.readBy === "browser") return { state: told, errand };
    }
    // Whoever polls learns at once that nobody reads.
    if (gone.aborted || told?.readBy !== "browser") await store.errands.leave(account, companion.id);
    return told && { state: told, errand: null };
  }

  return {
    takeErrand,
    answerErrand: ({ account, companion }, errand, answer) =>
      store.errands.answer(account, errand, companion.id, answer),
  };
}
