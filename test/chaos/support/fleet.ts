import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Role } from "../../../workers/index.js";

/** One process of the service. It is replaced when it dies; its name stays. */
export interface Member {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Steps that were seen while it worked, and those of its start: before and after each call to anything outside. */
  readonly steps: ReadonlySet<string>;
  readonly startSteps: ReadonlySet<string>;
  isAlive(): boolean;
  pid(): number;
  /** Lets it kill itself at a step, when that comes round for the `skip + 1`st time. */
  dieAt(step: string, skip: number): void;
  /** Sets its clock off by so many milliseconds. */
  setClock(offsetMs: number): void;
  /** Resolves when it is dead; false when it still lives after so long. */
  awaitDeath(withinMs: number): Promise<boolean>;
  signal(signal: NodeJS.Signals): void;
  kill(): Promise<void>;
  /** Starts it again after its death; resolves when it works. */
  start(): Promise<void>;
  /** Starts it again, to die at a step of its start; false when it came through alive. */
  startToDieAt(step: string): Promise<boolean>;
  /** Calls that it made and that have no answer yet, with how long they wait. */
  waits(): Promise<readonly string[]>;
  /** What it wrote to its log since it was made: warnings and worse. */
  output(): string;
}

const script = fileURLToPath(new URL("role.mjs", import.meta.url));
const startMs = 60_000;
const keptOutput = 200_000;

/** Starts a process of the service with these roles: any but the API's. */
export async function startMember(
  name: string,
  roles: readonly Role[],
  settings: Readonly<Record<string, string>>,
): Promise<Member> {
  const [steps, startSteps] = [new Set<string>(), new Set<string>()];
  let child: ChildProcess;
  let output = "";

  async function start(fuse?: object): Promise<void> {
    const env = { PATH: process.env.PATH ?? "", LOG_FORMAT: "json", LOG_LEVEL: "warn", ...settings };
    let seen = startSteps;
    child = spawn(process.execPath, [script], {
      env: { ...env, CHAOS_ROLES: roles.join(","), ...(fuse && { CHAOS_FUSE: JSON.stringify(fuse) }) },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const note = (chunk: Buffer) => (output = (output + chunk).slice(-keptOutput));
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", note);
    const up = new Promise<void>((resolve, reject) => {
      child.on("message", (message: { step?: string; up?: boolean }) => {
        if (message.step !== undefined) seen.add(message.step);
        if (!message.up) return;
        seen = steps;
        resolve();
      });
      child.once("exit", () => reject(new Error(`${name} died as it started:\n${output.slice(-2_000)}`)));
      setTimeout(() => reject(new Error(`${name} does not start:\n${output}`)), startMs).unref();
    });
    await up;
  }

  const isAlive = () => child.exitCode === null && child.signalCode === null;
  async function awaitDeath(withinMs: number): Promise<boolean> {
    if (!isAlive()) return true;
    const given = new AbortController();
    const late = sleep(withinMs, false, { signal: given.signal }).catch(() => false);
    const dead = once(child, "exit", { signal: given.signal }).then(() => true);
    return Promise.race([dead, late]).finally(() => given.abort());
  }

  await start();
  return {
    name,
    roles,
    steps,
    startSteps,
    isAlive,
    pid: () => child.pid ?? 0,
    dieAt: (step, skip) => void child.send({ fuse: { step, skip } }),
    setClock: (clockOffsetMs) => void child.send({ clockOffsetMs }),
    awaitDeath,
    signal: (signal) => void child.kill(signal),
    async kill() {
      child.kill("SIGKILL");
      await awaitDeath(10_000);
    },
    start: () => start(),
    async startToDieAt(step) {
      const died = await start({ step, skip: 0 }).then(
        () => false,
        () => true,
      );
      if (died && !isAlive()) return true;
      // Steps of the start that come round later, too.
      return awaitDeath(100);
    },
    waits: () =>
      new Promise((resolve) => {
        const heard = (message: { waits?: readonly string[] }) => {
          if (!message.waits) return;
          child.off("message", heard);
          resolve(message.waits);
        };
        child.on("message", heard);
        child.send({ report: true });
      }),
    output: () => output,
  };
}
