import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A service in a process of its own, as a user runs it. */
export interface RunningService {
  readonly url: string;
  readonly token: string;
  readonly child: ChildProcess;
  /** What it wrote to stdout and stderr. */
  output(): string;
  /** The status and body of a request with the API token. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>;
  /** Ends it and answers with its exit code, or the signal's name. */
  end(signal: NodeJS.Signals): Promise<number | string>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape is what they check
export type Json = any;

const main = new URL("../../bin/pixiehook.js", import.meta.url).pathname;

/** A folder that is removed by `dispose`. */
export async function temporaryFolder(): Promise<{ path: string; dispose(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "pixiehook-service-"));
  return { path, dispose: () => rm(path, { recursive: true, force: true }) };
}

/** Where test files run on a cluster (see `redis.ts`), so does the service. */
function clusterOf(url = ""): Record<string, string> {
  const [, nodes] = /^unix:\/\/\/cluster\/(.+)$/.exec(url) ?? [];
  return nodes ? { REDIS_URL: "", REDIS_CLUSTER_NODES: nodes } : {};
}

/** Runs `pixiehook` with a bare environment. */
export function runCommand(args: readonly string[], settings: Record<string, string>) {
  if (!existsSync(new URL("../../dist/src/main.js", import.meta.url)))
    throw new Error("run `npm run build` first");
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH ?? "", LOG_FORMAT: "json", ...settings, ...clusterOf(settings.REDIS_URL) },
    cwd: tmpdir(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
  const ended = once(child, "exit").then(([code, signal]) => (signal ?? code) as number | string);
  return { child, output: () => output, ended };
}

/** Starts a service on a free port and waits until it is ready, for so long at most. */
export async function startService(
  settings: Record<string, string> & { PIXIEHOOK_DATA_DIR: string },
  args: readonly string[] = [],
  { withinMs = 15_000 } = {},
): Promise<RunningService> {
  const { child, output, ended } = runCommand(["start", ...args], { PORT: "0", ...settings });
  const deadline = Date.now() + withinMs;
  let url = "";
  while (!url) {
    url = /Dashboard {2}(\S+)/.exec(output())?.[1] ?? "";
    if (!url && (child.exitCode !== null || Date.now() > deadline)) {
      child.kill("SIGKILL");
      throw new Error(`no start:\n${output()}`);
    }
    await sleep(20);
  }
  const token =
    settings.PIXIEHOOK_API_TOKEN ?? (await readFile(join(settings.PIXIEHOOK_DATA_DIR, "api-token"), "utf8"));
  return {
    url,
    token: token.trim(),
    child,
    output,
    async call(method, path, body) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token.trim()}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(60_000),
      });
      const text = await response.text();
      return { status: response.status, body: text === "" ? null : JSON.parse(text) };
    },
    async end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
