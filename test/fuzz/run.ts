import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../src/simulator/random.js";
import { operationsOf } from "./operations.js";
import { judge, leakIn } from "./oracle.js";
import { rawRequest } from "./raw.js";
import { bytesOf, curlOf, type FuzzRequest, makeRequest } from "./requests.js";
import { createWire, type Wire, type WireAnswer } from "./wire.js";
import type { FuzzWorld, Measure } from "./world.js";

/** What a run found, and what it cost. */
export interface FuzzReport {
  /** What went wrong, each kind once, with the request to see it again. */
  readonly findings: readonly string[];
  readonly sent: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  /** After a tenth of the run, and at its end. */
  readonly early: Measure;
  readonly late: Measure;
}

const workers = 12;
const patienceMs = 5_000;
/** How long the service waits for others: for the receiver of a test event, for all that it diagnoses. */
const receiverMs = 16_000;
const asksOthers = new Set(["testSubscription", "diagnose"]);
const mostFindings = 25;

interface Run {
  readonly world: FuzzWorld;
  readonly wire: Wire;
  readonly seed: number;
  readonly found: Map<string, string>;
  readonly byStatus: Record<string, number>;
  slowestMs: number;
}

/** Sends bytes that are hardly HTTP, and looks at what comes back before the connection ends. */
async function shout({ world, wire, seed, found, byStatus }: Run, index: number): Promise<void> {
  const bytes = rawRequest(createRandom(seed * 1_000_003 + index), world.targets);
  const again = `base64 -d <<<${bytes.toString("base64")} | nc ${world.targets.host.replace(":", " ")}`;
  try {
    const text = await wire.shout(bytes, patienceMs);
    const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
    byStatus.raw = (byStatus.raw ?? 0) + 1;
    const wrong = statuses.find((status) => status >= 500 && status !== 505);
    const trouble = leakIn(text, world.secrets) ?? (wrong === undefined ? null : `status ${wrong}`);
    if (trouble) found.set(`raw: ${trouble}`, `#${index} raw: ${trouble}\n${again}`);
  } catch (error) {
    found.set("raw: hang", `#${index} raw: ${String(error)}\n${again}`);
  }
}

/** Takes away what a request has made, so that the service holds what it held before. */
async function undo(world: FuzzWorld, { operation, method }: FuzzRequest, { status, body }: WireAnswer) {
  if (method !== "POST" || status !== 201) return;
  const { id } = JSON.parse(body.toString()) as { id: string };
  await world.call("DELETE", `${operation.path}/${id}`);
}

async function ask(run: Run, request: FuzzRequest): Promise<void> {
  const { world, wire, found, byStatus } = run;
  const { index, operation, method } = request;
  const timeoutMs = asksOthers.has(operation.id) ? receiverMs : patienceMs;
  const note = (trouble: string, shown = "") => {
    const name = `${operation.id}: ${trouble}`;
    if (!found.has(name))
      found.set(
        name,
        `#${index} ${name}\n${curlOf(request, world.targets).slice(0, 4_000)}\n${shown.slice(0, 1_500)}`,
      );
  };
  const started = performance.now();
  try {
    const answer = await wire.ask(bytesOf(request), { method, timeoutMs });
    run.slowestMs = Math.max(run.slowestMs, asksOthers.has(operation.id) ? 0 : performance.now() - started);
    byStatus[answer.status] = (byStatus[answer.status] ?? 0) + 1;
    const trouble = judge(request, answer, world.secrets);
    if (trouble) note(trouble, `${answer.status} ${JSON.stringify(answer.headers)}\n${answer.body}`);
    await undo(world, request, answer);
  } catch (error) {
    note(String(error));
  }
}

/** Sends `count` malformed requests, or the one numbered `only`, and tells what came of it. */
export async function fuzz(
  world: FuzzWorld,
  options: { count: number; seed: number; only?: number | undefined; say(line: string): void },
): Promise<FuzzReport> {
  const { count, seed, only, say } = options;
  const operations = operationsOf(world.document);
  const [host = "", port = ""] = world.targets.host.split(":");
  const wire = createWire(host, Number(port));
  const run: Run = { world, wire, seed, found: new Map(), byStatus: {}, slowestMs: 0 };

  const one = async (index: number): Promise<void> => {
    if (index % 20 === 19) return shout(run, index);
    await ask(run, makeRequest(index, seed, operations, world.targets));
    if (index % 1_000 === 999) await world.mend();
  };
  const stretch = async (from: number, to: number): Promise<void> => {
    let next = from;
    const work = async () => {
      while (next < to && run.found.size < mostFindings) await one(next++);
    };
    await Promise.all(Array.from({ length: workers }, work));
    // What was under way when the last answers came has ended by then.
    await sleep(500);
  };
  const measured = async (done: number): Promise<Measure> => {
    const now = await world.measure();
    say(`${done} requests: ${JSON.stringify(now)}, slowest ${Math.round(run.slowestMs)} ms`);
    return now;
  };

  let early: Measure | undefined;
  let late = await measured(0);
  if (only !== undefined) await one(only);
  else {
    for (let tenth = 1; tenth <= 10; tenth++) {
      const to = Math.round((count * tenth) / 10);
      // A short run is measured twice only: each look costs half a second.
      if (count < 10_000 && tenth > 1 && tenth < 10) continue;
      await stretch(
        tenth === 1 ? 0 : count < 10_000 ? Math.round(count / 10) : Math.round((count * (tenth - 1)) / 10),
        to,
      );
      late = await measured(to);
      early ??= late;
    }
  }
  wire.close();
  const findings = [...run.found.values(), ...world.complaints.slice(0, 10).map((line) => `log: ${line}`)];
  const { byStatus, slowestMs } = run;
  return { findings, sent: only === undefined ? count : 1, byStatus, slowestMs, early: early ?? late, late };
}
