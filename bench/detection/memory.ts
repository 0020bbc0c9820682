import type { Line, Section, Surroundings } from "../support/benchmark.js";
import { atWorkplace } from "../support/workplace.js";
import { expectBaseline, expectPoll, inWords, library, manyRecords } from "./lists.js";

/** Redis may need so many bytes for each favorite, all in. */
const promisedBytes = 400;

/** Enough events that the steps in which Redis takes memory do not show. */
const statedEvents = 2_000;

interface Shape {
  readonly label: string;
  readonly galleries: number;
  readonly rows: number;
  readonly perPage: number;
}

const shapes: readonly Shape[] = [
  { label: "one collection", galleries: 1, rows: manyRecords, perPage: 1_000 },
  {
    label: `${inWords(library.collections)} collections`,
    galleries: library.collections,
    rows: library.favorites,
    perPage: 100,
  },
];

/** What Redis needs for what is known of an account. */
export async function memory(surroundings: Surroundings): Promise<Section> {
  const lines: Line[] = [];
  for (const shape of shapes) lines.push(...(await memoryOf(shape, surroundings)));
  return {
    title: "Memory of Redis",
    notes: [
      "Difference of used_memory, without buffers of connections and of the append-only file, after a silent baseline.",
      "Everything counts: records, indexes, the state of each source, the collections. Below, the keys by what they are for.",
      `An event: what ${inWords(statedEvents)} new favorites add, less their records.`,
    ],
    lines,
  };
}

async function memoryOf(shape: Shape, { signal, say }: Surroundings): Promise<Line[]> {
  return atWorkplace(signal, async ({ redis, upstream, machine }) => {
    say(`Memory: ${shape.label}`);
    const { galleries, rows } = shape;
    await upstream.open({ first: 1, ...shape });
    const account = await machine.watch("all", 1_000_000);
    const empty = await redis.usedMemory();
    const favorites = galleries * rows;
    expectBaseline(await machine.baseline(account), favorites);
    const before = await redis.usedMemory();
    const each = (before - empty) / favorites;
    const label = `${inWords(favorites)} favorites in ${shape.label}`;
    const lines: Line[] = [
      {
        label,
        figures: [
          { name: "all in", value: before - empty, unit: "bytes" },
          { name: "for each", value: each, unit: "bytes", atMost: promisedBytes },
        ],
      },
    ];
    for (const [purpose, bytes] of await redis.memoryByPurpose()) {
      const share = { name: "for each", value: bytes / favorites, unit: "bytes" as const };
      if (share.value >= 0.5) {
        lines.push({
          label: `  ${purpose}`,
          figures: [{ name: "all in", value: bytes, unit: "bytes" }, share],
        });
      }
    }
    if (galleries > 1) return lines;

    await upstream.change("1", { kind: "insert", count: statedEvents });
    expectPoll(await machine.poll(account), statedEvents, "many new favorites");
    const added = (await redis.usedMemory()) - before - each * statedEvents;
    const event = { name: "for each", value: added / statedEvents, unit: "bytes" as const };
    return [...lines, { label: "one stated favorite.added event", figures: [event] }];
  });
}
