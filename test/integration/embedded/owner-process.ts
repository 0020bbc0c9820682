import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import ts from "typescript";

/** A process that owns an embedded Redis, to be killed. */
export interface OwnerProcess {
  readonly child: ChildProcess;
  /** `started` with the socket and the server's pid, or `refused` with the reason. */
  readonly outcome: Promise<Outcome>;
  readonly ended: Promise<unknown>;
}

export type Outcome =
  | { readonly kind: "started"; readonly socketPath: string; readonly pid: number }
  | { readonly kind: "refused"; readonly reason: string };

const program = `
import { createLog } from "./src/log.js";
import { startEmbeddedRedis } from "./src/store/embedded/start.js";
const log = createLog({ level: "fatal", format: "json" });
try {
  const redis = await startEmbeddedRedis({ dataDir: process.argv[2], log });
  process.on("SIGTERM", () => redis.close());
  console.log(JSON.stringify({ kind: "started", socketPath: redis.socketPath, pid: redis.pid }));
} catch (error) {
  console.log(JSON.stringify({ kind: "refused", reason: error.message }));
}
`;

/** Compiles what such a process needs, so that these tests see the sources and not an older build. */
export async function prepareOwnerProgram(): Promise<{ program: string; remove: () => Promise<void> }> {
  const cache = "node_modules/.cache";
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "owner-"));
  const files = new Set(importsOf(program, "."));
  for (const file of files) {
    const source = await readFile(file, "utf8");
    for (const imported of importsOf(source, dirname(file))) files.add(imported);
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
    const { outputText } = ts.transpileModule(source, { compilerOptions: options });
    const compiled = join(folder, file.replace(/\.ts$/, ".js"));
    await mkdir(dirname(compiled), { recursive: true });
    await writeFile(compiled, outputText);
  }
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await writeFile(join(folder, "main.js"), program);
  return { program: join(folder, "main.js"), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The sources that a source imports. */
function importsOf(source: string, folder: string): string[] {
  return [...source.matchAll(/ from "(\.[^"]+)\.js"/g)].map(([, path]) => join(folder, `${path}.ts`));
}

export function startOwner(programPath: string, dataDir: string): OwnerProcess {
  const child = spawn(process.execPath, [programPath, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const outcome = once(lines, "line").then(([line]) => JSON.parse(String(line)) as Outcome);
  return { child, outcome, ended: once(child, "exit") };
}
