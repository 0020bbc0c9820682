import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Line, Section, Surroundings } from "../support/benchmark.js";
import { median } from "../support/measure.js";
import { startRedis } from "../support/redis.js";
import { serviceEnvironment } from "../support/service.js";

const rounds = 7;
/** One that is not ready by then has failed, ms. */
const patienceMs = 30_000;
const command = fileURLToPath(new URL("../../../bin/pixiehook.js", import.meta.url));

/** From `pixiehook start` to the first answer that says that it is ready, beside what Node takes by itself. */
export async function startTimes({ signal, say }: Surroundings): Promise<Section> {
  const redis = await startRedis(signal);
  const folders: string[] = [];
  const folder = async () => {
    const made = await mkdtemp(join(tmpdir(), "pixiehook-start-"));
    folders.push(made);
    return made;
  };
  try {
    const outside = serviceEnvironment({
      socketPath: redis.socketPath,
      upstreamUrl: "http://127.0.0.1:9/api/v1",
    });
    const { REDIS_URL: _none, ...embedded } = outside;
    const again = await folder();
    const kinds: Readonly<Record<string, () => Promise<number>>> = {
      "node -e 0": nodeAlone,
      "with a Redis that runs": async () =>
        untilReady({ ...outside, PIXIEHOOK_DATA_DIR: await folder() }, signal),
      "with a Redis of its own, for the first time": async () =>
        untilReady({ ...embedded, PIXIEHOOK_DATA_DIR: await folder() }, signal),
      "with a Redis of its own, started before": () =>
        untilReady({ ...embedded, PIXIEHOOK_DATA_DIR: again }, signal),
    };
    const times = new Map<string, number[]>();
    for (let round = -1; round < rounds; round++) {
      say(`Costs: start ${round + 1} of ${rounds}`);
      for (const [label, start] of Object.entries(kinds)) {
        const ms = await start();
        // One that nobody counts: files are read from the disk, keys and folders made.
        if (round >= 0) times.set(label, [...(times.get(label) ?? []), ms]);
      }
    }
    const of = (label: string) => median(times.get(label) ?? []);
    const lines = Object.keys(kinds).map(
      (label): Line => ({
        label,
        figures: [
          { name: "median", value: of(label), unit: "milliseconds" },
          { name: "the longest", value: Math.max(...(times.get(label) ?? [])), unit: "milliseconds" },
          { name: "to node -e 0", value: of(label) / of("node -e 0"), unit: "ratio" },
        ],
      }),
    );
    return {
      title: "Start",
      notes: [
        `All roles, from the start of the process until /readyz answers 200; of ${rounds} starts in turn.`,
        "node -e 0: a process of Node that does nothing, from its start to its end.",
      ],
      lines,
    };
  } finally {
    await redis.close();
    for (const each of folders) await rm(each, { recursive: true, force: true });
  }
}

async function nodeAlone(): Promise<number> {
  const begin = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
  return performance.now() - begin;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("There is no free port");
  return address.port;
}

async function untilReady(settings: Readonly<Record<string, string>>, signal: AbortSignal): Promise<number> {
  const port = await freePort();
  const begin = performance.now();
  const child = spawn(process.execPath, [command, "start"], {
    env: { PATH: process.env.PATH, ...settings, PORT: String(port) },
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  try {
    while (!(await isReady(port))) {
      signal.throwIfAborted();
      if (child.exitCode !== null) throw new Error(`pixiehook start ended with ${child.exitCode}`);
      if (performance.now() - begin > patienceMs) throw new Error("pixiehook start is not ready");
      await delay(5);
    }
    return performance.now() - begin;
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  await answer?.text();
  return answer?.status === 200;
}
