import type { Figure, Line, Section, Unit } from "../support/benchmark.js";
import type { ScalePlace } from "./place.js";

const inWords = (count: number) => count.toLocaleString("en");

/** Collects what each step costs at each size. */
export interface ScaleTable {
  /** Bytes, or anything else that was measured elsewhere. */
  note(step: string, size: number, value: number, unit: Unit): void;
  /** Processor time of a step, of this process and of Redis: of one, where it is made `times`; `many` in each of these. */
  step(
    step: string,
    size: number,
    times: number,
    work: (index: number) => Promise<unknown>,
    many?: number,
  ): Promise<void>;
  /** The same of a page over HTTP: of the API's process and of Redis. */
  page(step: string, size: number, times: number, path: string): Promise<void>;
  section(title: string, notes: readonly string[]): Section;
}

export function createTable({ redis, api, apiCpu }: ScalePlace, sizes: readonly number[]): ScaleTable {
  const steps = new Map<string, { readonly unit: Unit; readonly values: Map<number, number> }>();
  const note: ScaleTable["note"] = (step, size, value, unit) => {
    const known = steps.get(step) ?? { unit, values: new Map<number, number>() };
    known.values.set(size, value);
    steps.set(step, known);
  };
  const ownCpu = async () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  async function measure(
    [step, size, times, many]: readonly [string, number, number, number],
    cpu: () => Promise<number>,
    work: (index: number) => Promise<unknown>,
  ): Promise<void> {
    // Once for nothing, where it is made often: what is new to a process is compiled, and scripts are sent whole.
    for (let index = 0; index < Math.floor(times / 10); index++) await work(times + index);
    globalThis.gc?.();
    const before = [await cpu(), (await redis.work()).cpuMs] as const;
    for (let index = 0; index < times; index++) await work(index);
    const after = [await cpu(), (await redis.work()).cpuMs] as const;
    note(step, size, (after[0] - before[0] + after[1] - before[1]) / times / many, "milliseconds");
  }
  return {
    note,
    step: (step, size, times, work, many = 1) => measure([step, size, times, many], ownCpu, work),
    page: (step, size, times, path) => measure([step, size, times, 1], apiCpu, () => api.get(path)),
    section(title, notes) {
      const [smallest = 0] = sizes;
      const lines = [...steps].map(([label, { unit, values }]): Line => {
        const first = values.get(smallest) ?? Number.NaN;
        const figures: Figure[] = sizes.map((size) => {
          return { name: inWords(size), value: values.get(size) ?? Number.NaN, unit };
        });
        const ratios = sizes.slice(1).map((size): Figure => {
          const name = `${inWords(size / smallest)} times as many`;
          return { name, value: (values.get(size) ?? Number.NaN) / first, unit: "ratio" };
        });
        return { label, figures: [...figures, ...ratios] };
      });
      return { title, notes, lines };
    },
  };
}
