import { randomBytes } from "node:crypto";
import { replayId } from "../domain/ids.js";
import { newReplay, type Replay } from "../domain/replay.js";
import type { Subscription } from "../domain/subscription.js";
import { announceMs, iso, type Parts } from "../pipeline/parts.js";
import { lookAhead } from "../pipeline/replay-walk.js";
import type { Refusal } from "../services/shared.js";
import type { ReplayService } from "../services/subscriptions.js";
import { whileDisabled } from "./refusals.js";

/** How long (ms) whoever asks for a replay waits for the count. */
const countMs = 2_000;

const refused = (code: Refusal["code"], detail: string): Refusal => ({ kind: "refused", code, detail });

export function createReplayService(parts: Parts): ReplayService {
  const { store, now, wakeUps } = parts;

  /** How many events a replay will send; null when that takes too long to say. */
  async function countOf(replay: Replay, subscription: Subscription): Promise<number | null> {
    const deadline = performance.now() + countMs;
    let count = 0;
    let place: string | null = null;
    do {
      if (performance.now() > deadline) return null;
      const stretch = await lookAhead(replay, subscription, place, parts);
      count += stretch.sights.filter(({ fate }) => fate === "made" || fate === "again").length;
      place = stretch.next;
    } while (place !== null);
    return count;
  }

  async function runningOf(subscription: string): Promise<Refusal | null> {
    const running = (await store.replays.list(subscription)).find(({ status }) => status === "running");
    if (!running) return null;
    const path = `/v1/subscriptions/${subscription}/replays/${running.id}`;
    return refused(
      "replay_running",
      `The replay ${running.id} is not done: wait for it (GET ${path}), or end it with POST ${path}/cancel.`,
    );
  }

  return {
    async begin(id, input) {
      const subscription = await store.subscriptions.get(id);
      if (!subscription) return null;
      if (!subscription.enabled) return whileDisabled(id);
      const running = await runningOf(id);
      if (running) return running;
      const asked = newReplay(input, {
        id: replayId(id, randomBytes(16).toString("hex")),
        subscription: id,
        now: iso(now()),
        lastMade: await store.replays.lastMade(id),
      });
      const replay = { ...asked, count: await countOf(asked, subscription) };
      await store.due.announce("replay", id, now() + announceMs);
      const begun = await store.replays.begin(replay);
      if (begun === "gone") return null;
      // Somebody else was faster. Theirs may be done by now: then this one can begin.
      if (begun === "running") return (await runningOf(id)) ?? this.begin(id, input);
      await wakeUps.wake("replay", id);
      return { kind: "begun", replay };
    },
    async list(id) {
      return (await store.subscriptions.get(id)) ? store.replays.list(id) : null;
    },
    get: (subscription, id) => store.replays.get(subscription, id),
    async cancel(subscription, id) {
      for (;;) {
        const replay = await store.replays.get(subscription, id);
        if (!replay) return null;
        if (replay.status !== "running") {
          return refused("replay_ended", `The replay ${id} has ended already: it is ${replay.status}.`);
        }
        const cancelled: Replay = {
          ...replay,
          status: "cancelled",
          position: null,
          finishedAt: iso(now()),
        };
        if (await store.replays.replace(replay, cancelled)) return cancelled;
      }
    },
  };
}
