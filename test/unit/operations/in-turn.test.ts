import { expect, test } from "vitest";
import { lookInTurn } from "../../../src/operations/in-turn.js";

function watch(count: number) {
  const [bad, gone] = [new Set<string>(), new Set<string>()];
  let [time, asked] = [0, [] as string[]];
  const ids = Array.from({ length: count }, (_, index) => `${index}`);
  const look = lookInTurn({
    load: async (id) => {
      asked.push(id);
      return gone.has(id) ? null : { isBad: bad.has(id) };
    },
    wantsAttention: ({ isBad }) => isBad,
    mostAgain: 200,
    now: () => time,
  });
  const askedAfter = async (seconds: number, some: readonly string[] = ids) => {
    [time, asked] = [time + seconds * 1_000, []];
    const known = await look(some);
    return { asked, known };
  };
  return { bad, gone, ids, askedAfter };
}

test("of many things each look asks about some, and none is older than a minute", async () => {
  const { ids, askedAfter } = watch(250);
  expect((await askedAfter(0)).asked).toHaveLength(250);
  expect((await askedAfter(4)).asked).toHaveLength(0);
  expect((await askedAfter(2)).asked).toHaveLength(200);
  // Those whose turn did not come, before the others.
  const { asked } = await askedAfter(6);
  expect(asked).toHaveLength(200);
  expect(asked.slice(0, 50)).toEqual(ids.slice(200));
  expect((await askedAfter(1, [...ids, "new"])).asked).toContain("new");
  expect((await askedAfter(60)).asked).toHaveLength(250);
});

test("what wants attention is asked about each time, and what is gone is not told", async () => {
  const { bad, gone, ids, askedAfter } = watch(250);
  bad.add("240");
  await askedAfter(0);
  expect((await askedAfter(1)).asked).toEqual(["240"]);
  bad.clear();
  expect((await askedAfter(1)).known("240")).toEqual({ isBad: false });
  expect((await askedAfter(1)).asked).toEqual([]);
  gone.add("7");
  const { known } = await askedAfter(60, ids.slice(0, 100));
  expect(known("7")).toBeNull();
  expect(known("8")).toEqual({ isBad: false });
  expect(known("200")).toBeNull();
});
