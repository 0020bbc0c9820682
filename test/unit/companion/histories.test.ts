import fc from "fast-check";
import { expect, test } from "vitest";
import { afterHandOver, nextStep, onceMore, type Verdict } from "../../../companion/src/decide.js";
import { emptyMemory, type Memory } from "../../../companion/src/memory.js";
import { type State, statuses } from "../../../companion/src/state.js";

/** What happens in the world between two looks, and how pixiehook would answer the next question. */
interface Moment {
  /** How long (ms) after the one before. */
  readonly after: number;
  readonly jar: string | null;
  readonly status: State["session"]["status"];
  readonly newEpoch: boolean;
  readonly readBy: State["readBy"];
  readonly reaches: boolean;
  readonly verdict: Verdict;
}

interface Offered {
  readonly at: number;
  readonly what: string;
  readonly jar: string;
  readonly epoch: number;
  readonly status: string;
  readonly verdict: Verdict;
}

const moment: fc.Arbitrary<Moment> = fc.record({
  after: fc.integer({ min: 1_000, max: 400_000 }),
  jar: fc.constantFrom("a", "b", "c", null),
  status: fc.constantFrom(...statuses),
  newEpoch: fc.boolean(),
  readBy: fc.constantFrom("server", "server", "server", "browser"),
  reaches: fc.constantFrom(true, true, true, false),
  verdict: fc.constantFrom("taken", "refused", "refused", "delayed"),
});
const histories = fc.array(moment, { minLength: 1, maxLength: 60 });

const hosts = {
  gallery: "https://galleries.pixieset.com/api/v1",
  studio: "https://studio.pixieset.com/api/v1",
};

/** Plays a history as the background does, from a clock that shows `start`. */
function play(history: readonly Moment[], start: number) {
  const offered: Offered[] = [];
  const steps: string[] = [];
  let memory: Memory = { ...emptyMemory, pairing: { address: "https://hooks.example.com", token: "pxc_x" } };
  let now = start;
  let epoch = 1;
  for (const { after, jar, status, newEpoch, readBy, reaches, verdict } of history) {
    now += after;
    if (newEpoch) epoch++;
    const account = { id: "acc_1", name: "Smith" };
    const session = { status, reason: null, epoch };
    const state: State = { account, session, readBy, hosts, signInUrl: hosts.gallery };
    for (let looks = 0; ; looks++) {
      expect(looks, "it comes to rest").toBeLessThan(6);
      const step = nextStep(memory, jar, now);
      steps.push(`${now - start} ${JSON.stringify(step)}`);
      if (step.do === "rest") break;
      if (!reaches) memory = { ...memory, trouble: onceMore(memory.trouble, 0, now) };
      else if (step.do === "ask") memory = { ...memory, state, askedAt: now, trouble: null };
      else if (jar !== null && memory.state !== null) {
        const asked = memory.state;
        const known = asked.session;
        offered.push({
          at: now - start,
          what: step.what,
          jar,
          epoch: known.epoch,
          status: known.status,
          verdict,
        });
        const outcome = { verdict, jar, offer: step.offer, epoch: known.epoch };
        memory = { ...memory, tried: afterHandOver(memory.tried, outcome, now) };
        if (verdict === "taken") {
          epoch++;
          const active = { status: "active", reason: null, epoch } as const;
          memory = { ...memory, state: { ...asked, session: active } };
        }
      }
    }
  }
  return { offered, steps };
}

const pairsOf = (offered: readonly Offered[]) =>
  offered.flatMap((later, index) => offered.slice(0, index).map((earlier) => [earlier, later] as const));

test("whatever happens, the same cookies are not offered twice after a refusal in the same epoch", () => {
  fc.assert(
    fc.property(histories, (history) => {
      const { offered } = play(history, 0);
      for (const [earlier, later] of pairsOf(offered)) {
        const isSame =
          earlier.jar === later.jar && earlier.what === later.what && earlier.epoch === later.epoch;
        expect(isSame && earlier.verdict === "refused").toBe(false);
      }
    }),
  );
});

test("whatever happens, an active session is not replaced twice within ten minutes, nor with the same cookies", () => {
  fc.assert(
    fc.property(histories, (history) => {
      const { offered } = play(history, 0);
      for (const [index, later] of offered.entries()) {
        if (later.status !== "active") continue;
        expect(later.what).toBe("cookies");
        const reached = offered.slice(0, index).filter(({ verdict }) => verdict !== "delayed");
        for (const earlier of reached) expect(later.at - earlier.at).toBeGreaterThanOrEqual(600_000);
        expect(reached.findLast(({ verdict }) => verdict === "taken")?.jar).not.toBe(later.jar);
      }
    }),
  );
});

test("whatever the clock shows, the same history leads to the same steps", () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 4_000_000_000_000 }), (history, start) => {
      expect(play(history, start).steps).toEqual(play(history, 0).steps);
    }),
  );
});
