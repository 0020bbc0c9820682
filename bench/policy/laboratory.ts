import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Surroundings } from "../support/benchmark.js";
import type { Run } from "./play.js";
import type { Played } from "./simulate.js";

/** Plays runs on several processors, each only once. */
export interface Laboratory extends AsyncDisposable {
  play(run: Run): Promise<Played>;
}

export function openLaboratory({ signal, say }: Surroundings): Laboratory {
  const workers = Array.from(
    { length: Math.min(4, availableParallelism()) },
    () => new Worker(new URL("./play-worker.js", import.meta.url)),
  );
  const idle = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const outcomes = new Map<string, Promise<Played>>();
  let done = 0;

  async function playOn(run: Run): Promise<Played> {
    const worker = idle.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)));
    worker.postMessage(run);
    const [outcome] = (await once(worker, "message", { signal })) as [Played];
    say(`${++done} of ${outcomes.size} runs`);
    const next = waiting.shift();
    if (next) next(worker);
    else idle.push(worker);
    return outcome;
  }

  return {
    play(run) {
      const name = JSON.stringify(run);
      const outcome = outcomes.get(name) ?? playOn(run);
      outcomes.set(name, outcome);
      return outcome;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
