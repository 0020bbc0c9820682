import { setTimeout as sleep } from "node:timers/promises";
import type { Role } from "../../../workers/index.js";
import type { Member } from "./fleet.js";
import type { Place } from "./place.js";
import type { Random } from "./random.js";

/** What was killed, and where. */
export interface Killer {
  /** Kills one process and starts it anew: at the step that has had the fewest kills, or at any moment. */
  kill(member: Member): Promise<void>;
  readonly kills: number;
  /** Kills by step; those at a random moment are not in here. */
  readonly byStep: ReadonlyMap<string, number>;
  /** Steps that were seen, and those among them at which nothing was killed yet. */
  coverage(members: readonly Member[]): { readonly steps: number; readonly missed: number };
  /** Deliveries that were in flight at all kills together. */
  readonly inFlight: number;
}

/** How long a step may let us wait, ms: some come round seldom. */
const patienceMs = 6_000;
/** So many kills of each hundred come at a moment of their own. */
const randomly = 0.3;
/** A step that was never reached so often is left to chance. */
const hopeless = 2;

export function createKiller(place: Place, random: Random): Killer {
  const byStep = new Map<string, number>();
  const unreached = new Map<string, number>();
  let [kills, inFlight] = [0, 0];

  const pickStep = (steps: ReadonlySet<string>): string | null => {
    const open = [...steps].filter((step) => (unreached.get(step) ?? 0) < hopeless);
    const least = Math.min(...open.map((step) => byStep.get(step) ?? 0));
    const candidates = open.filter((step) => (byStep.get(step) ?? 0) === least);
    return candidates.length > 0 ? random.pick(candidates) : null;
  };
  const count = (at: string) => void byStep.set(at, (byStep.get(at) ?? 0) + 1);

  async function die(member: Member): Promise<void> {
    const step = random.next() < randomly ? null : pickStep(member.steps);
    if (step === null) {
      await sleep(random.below(1_500));
    } else {
      member.dieAt(step, random.below(3));
      if (await member.awaitDeath(patienceMs)) return count(step);
      unreached.set(step, (unreached.get(step) ?? 0) + 1);
    }
    await member.kill();
  }

  return {
    async kill(member) {
      await die(member);
      kills += 1;
      if (kills % 50 === 0) process.stdout.write(`  ${kills} killed\n`);
      inFlight += await place.noteInFlight();
      // Now and then the next one does not get past its start.
      const step = random.next() < 0.08 ? pickStep(member.startSteps) : null;
      if (step !== null && (await member.startToDieAt(step))) {
        count(step);
        kills += 1;
      }
      if (!member.isAlive()) await member.start();
    },
    get kills() {
      return kills;
    },
    coverage(members) {
      const all = new Set(members.flatMap(({ steps, startSteps }) => [...steps, ...startSteps]));
      return { steps: all.size, missed: [...all].filter((step) => !byStep.has(step)).length };
    },
    byStep,
    get inFlight() {
      return inFlight;
    },
  };
}

/** Longer (ms) than the locks of an actor hold. */
const silenceMs = 12_000;
const roles: readonly Role[] = ["poll", "fan-out", "deliver", "poll", "fan-out", "deliver", "clock"];

/**
 * Starts the roles in processes of their own and kills so many of them, two at a time. Now and then one is only silent
 * for longer than its locks hold, and must do no harm when it wakes up as a stranger.
 */
export async function killInAnyOrder(
  place: Place,
  count: number,
  { watchMs, random }: { watchMs: number; random: Random },
): Promise<Record<string, number>> {
  const killer = createKiller(place, random);
  const members: Member[] = [];
  for (const [index, role] of roles.entries()) members.push(await place.member(`${role} ${index}`, [role]));
  await sleep(watchMs);
  let [silences, restarts] = [0, 0];
  const hand = async (own: readonly Member[]) => {
    while (killer.kills < count) {
      const member = random.pick(own);
      if (random.next() < 0.1) {
        silences += 1;
        member.signal("SIGSTOP");
        await place.noteInFlight();
        await sleep(silenceMs);
        await place.noteInFlight();
        member.signal("SIGCONT");
      }
      if (random.next() < 0.15) {
        restarts += 1;
        await restart(member);
      }
      await killer.kill(member);
    }
  };
  await Promise.all([hand(members.slice(0, 4)), hand(members.slice(4))]);
  return { ...countedKills(killer, members), "silent for 12 s": silences, restarts };
}

/** As an upgrade does it: told to end, a process has ten seconds to finish what it holds. */
async function restart(member: Member): Promise<void> {
  member.signal("SIGTERM");
  if (!(await member.awaitDeath(10_000))) throw new Error(`${member.name} does not end:\n${member.output()}`);
  await member.start();
}

/** What a report says of kills. */
export function countedKills(killer: Killer, members: readonly Member[]): Record<string, number> {
  const { steps, missed } = killer.coverage(members);
  const aimed = [...killer.byStep.values()].reduce((sum, count) => sum + count, 0);
  const { kills, inFlight } = killer;
  return { kills, "at a step": aimed, steps, "steps missed": missed, "in flight at kills": inFlight };
}
