import { Cluster } from "ioredis";
import { expect, test } from "vitest";
import { readServerClock } from "../../../src/store/server.js";

const ours = 1_700_000_000_000;

/** A cluster whose masters' clocks are ahead of ours by so much, ms. */
function clusterOf(...ahead: readonly number[]): Cluster {
  const nodes = ahead.map((ms) => ({
    time: async () => [String(Math.floor((ours + ms) / 1_000)), String(((ours + ms) % 1_000) * 1_000)],
  }));
  const parts = { ping: async () => "PONG", nodes: () => nodes };
  return Object.assign(Object.create(Cluster.prototype) as Cluster, parts) as Cluster;
}

test("of the clocks of a cluster the one in the middle counts, in whatever order the masters are known", async () => {
  const hour = 3_600_000;
  for (const ahead of [
    [20, hour, 10],
    [hour, 10, 20],
    [-hour, 20, hour],
  ]) {
    const { aheadMs } = await readServerClock(clusterOf(...ahead), () => ours);
    expect(aheadMs).toBe(20);
  }
});
