import { deliveryCosts } from "./costs/deliveries.js";
import { idleService } from "./costs/idle.js";
import { pollCosts } from "./costs/polls.js";
import { startTimes } from "./costs/start.js";
import { wakeUpCosts } from "./costs/wake-ups.js";
import type { Benchmark } from "./support/benchmark.js";

/** What one of each takes: of Redis, and of whoever waits for a start. */
export const benchmark: Benchmark = {
  title: "costs: what a poll, an event, a delivery, a start and an idle service take",
  async *run(surroundings) {
    yield await pollCosts(surroundings);
    yield await deliveryCosts(surroundings);
    yield await wakeUpCosts(surroundings);
    yield await startTimes(surroundings);
    yield await idleService(surroundings);
  },
};
