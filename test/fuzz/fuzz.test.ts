import { expect, onTestFinished, test } from "vitest";
import { fuzz } from "./run.js";
import { startFuzzWorld } from "./world.js";

const count = Number(process.env.FUZZ ?? 1_500);
const seed = Number(process.env.FUZZ_SEED ?? (process.env.FUZZ ? Date.now() % 1_000_000 : 1));
const only = process.env.FUZZ_ONLY === undefined ? undefined : Number(process.env.FUZZ_ONLY);
const say = (line: string) => void (process.env.FUZZ && process.stdout.write(`${line}\n`));

test(`${count} malformed requests give no 500, no hang and no leak`, async () => {
  const world = await startFuzzWorld();
  onTestFinished(() => world.close());
  say(`FUZZ_SEED=${seed}`);
  const { findings, byStatus, early, late } = await fuzz(world, { count, seed, only, say });
  say(JSON.stringify(byStatus));
  expect(findings.join("\n\n"), `seen again with FUZZ=1 FUZZ_SEED=${seed} FUZZ_ONLY=NUMBER`).toBe("");

  expect((await world.call("GET", "/readyz")).body).toEqual({ ok: true, problems: [] });
  const mebibyte = 1_048_576;
  expect(late.heapBytes - early.heapBytes).toBeLessThan(6 * mebibyte);
  expect(late.handles - early.handles).toBeLessThan(8);
  // Work that happens to be under way has a few.
  expect(late.redisKeys - early.redisKeys).toBeLessThan(12);
  expect(late.redisBytes - early.redisBytes).toBeLessThan(4 * mebibyte);
}, 3_600_000);
