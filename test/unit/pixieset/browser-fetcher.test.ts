import { describe, expect, test } from "vitest";
import type { Errand, ErrandAnswer } from "../../../src/domain/companion.js";
import { createBrowserFetcher, type ErrandDesk } from "../../../src/pixieset/browser-fetcher.js";

type Browser = (
  errand: Errand,
) => { companion?: string; signIn?: string; answer: ErrandAnswer } | "takes" | "waits";

/** A desk at which a browser does what the test says, at once. */
function deskWith(browser: Browser | null) {
  const errands: Errand[] = [];
  const seen = { errands, left: 0, withdrawn: [] as string[] };
  const desk: ErrandDesk = {
    newId: () => `err_${errands.length + 1}`,
    put: async (errand) => void errands.push(errand),
    async standing(id) {
      const errand = errands.find((one) => one.id === id);
      if (!errand || !browser) return { kind: "over" };
      const does = browser(errand);
      if (does === "takes") return { kind: "taken" };
      if (does === "waits") return { kind: "waiting" };
      const { companion = "cmp_1", signIn = "first", answer } = does;
      return { kind: "answered", reader: { companion, signIn }, answer };
    },
    withdraw: async (id) => void seen.withdrawn.push(id),
    isAttended: async () => browser !== null,
    leave: async () => void seen.left++,
  };
  return { desk, seen };
}

const good: ErrandAnswer = { status: 200, headers: { "Content-Type": "application/json" }, body: "{}" };
const never = new AbortController().signal;

async function begin(
  browser: Browser | null,
  times: { withinMs?: number; comesWithinMs?: number; onTheWayMs?: number } = {},
) {
  const { desk, seen } = deskWith(browser);
  const hosts = {
    galleryUrl: "https://galleries.example/api/v1/",
    studioUrl: "https://studio.example/api/v1",
  };
  const fetcher = createBrowserFetcher({ ...hosts, desk, now: Date.now, ...times });
  const fetching = await fetcher.begin();
  if (!fetching) throw new Error("no fetching");
  const get = (path = "/user", signal = never) => fetching.get({ host: "gallery", path, signal });
  return { get, seen, fetching };
}

describe("a page that the browser gets", () => {
  test("is asked for as the server would ask, and answered in the same words", async () => {
    const { get, seen, fetching } = await begin(() => ({ answer: good }));
    expect(await get("/data/favorites?page=1")).toEqual({
      kind: "answer",
      status: 200,
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(seen.errands).toEqual([
      {
        id: "err_1",
        url: "https://galleries.example/api/v1/data/favorites?page=1",
        headers: { accept: "application/json", "x-requested-with": "XMLHttpRequest" },
        withinMs: 25_000,
        maxBodyBytes: 20_000_000,
      },
    ]);
    const conditions = { "if-none-match": '"1"' };
    await fetching.get({ host: "studio", path: "/clients/", conditions, signal: never });
    expect(seen.errands[1]).toMatchObject({
      url: "https://studio.example/api/v1/clients/",
      headers: conditions,
    });
    expect(seen.withdrawn).toEqual(["err_1", "err_2"]);
  });

  test.each([
    ["unreachable", "transient"],
    ["too_slow", "transient"],
    ["too_large", "shape_changed"],
  ] as const)("that is %s is what it would be for the server", async (failure, kind) => {
    const { get } = await begin(() => ({ answer: { failure } }));
    expect(await get()).toMatchObject({ kind, reason: expect.stringContaining("Pixieset Galleries") });
  });

  test("is nobody's failure while no browser is there: nothing is asked", async () => {
    const { get, seen } = await begin(null);
    expect(await get()).toMatchObject({ kind: "aborted" });
    expect(seen.errands).toEqual([]);
  });

  test("that none comes for in time is no failure either, and nobody counts as there any more", async () => {
    const { get, seen } = await begin(() => "waits", { comesWithinMs: 60 });
    expect(await get()).toMatchObject({ kind: "aborted" });
    expect(seen).toMatchObject({ left: 1, withdrawn: ["err_1"] });
  });

  test("that was taken and never answered is trouble that passes", async () => {
    const { get, seen } = await begin(() => "takes", { withinMs: 40, onTheWayMs: 20 });
    expect(await get()).toMatchObject({
      kind: "transient",
      reason: expect.stringContaining("no whole answer"),
    });
    expect(seen).toMatchObject({ left: 0, withdrawn: ["err_1"] });
  });

  test("is waited for no longer than whoever asked is told to", async () => {
    const stop = new AbortController();
    const { get, seen } = await begin(() => "takes");
    const got = get("/user", stop.signal);
    stop.abort();
    expect(await got).toEqual({ kind: "aborted", reason: "Told to stop" });
    expect(await get("/user", stop.signal)).toMatchObject({ kind: "aborted" });
    expect(seen.withdrawn).toEqual(["err_1"]);
  });

  test.each([
    ["another browser", { companion: "cmp_2" }],
    ["another sign-in", { signIn: "second" }],
  ])("of a list of which %s has got a part makes it be read anew", async (_who, other) => {
    let count = 0;
    const { get, fetching } = await begin(() => ({ answer: good, ...(++count > 1 ? other : {}) }));
    expect(await get()).toMatchObject({ kind: "answer" });
    expect(fetching.session()).toBe("cmp_1 first");
    expect(await get()).toMatchObject({ kind: "transient", reason: expect.stringContaining("read anew") });
  });
});
