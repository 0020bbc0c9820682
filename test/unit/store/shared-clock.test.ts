import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startSharedClock } from "../../../src/store/shared-clock.js";

/** A machine and a server, each with a clock that can be set. */
function place() {
  const world = { server: 1_700_000_000_000, wall: 1_700_000_005_000, steady: 20, away: false, exactMs: 0 };
  const pass = (ms: number) => {
    world.server += ms;
    world.wall += ms;
    world.steady += ms;
  };
  const start = () =>
    startSharedClock({
      wall: () => world.wall,
      steady: () => world.steady,
      async read(clock) {
        if (world.away) throw new Error("Connection is closed.");
        return { aheadMs: world.server - clock(), exactMs: world.exactMs };
      },
    });
  return { world, pass, start };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const answered = () => vi.advanceTimersByTimeAsync(0);

describe("the clock that all processes share", () => {
  it("is the server's, whatever the machine's own says", async () => {
    const { world, pass, start } = place();
    const clock = await start();
    pass(3_000);
    expect(clock.now()).toBe(world.server);
    clock.close();
  });

  it("does not move when the machine's clock is set, forward or back", async () => {
    const { world, pass, start } = place();
    const clock = await start();
    for (const hours of [1, -2, 1]) {
      world.wall += hours * 3_600_000;
      expect(clock.now()).toBe(world.server);
      await answered();
      pass(10);
      expect(clock.now()).toBe(world.server);
    }
    clock.close();
  });

  it("is right again at once after the machine slept, while its steady clock stood still", async () => {
    const { world, start } = place();
    const clock = await start();
    world.server += 8 * 3_600_000;
    world.wall += 8 * 3_600_000;
    clock.now();
    await answered();
    expect(clock.now()).toBe(world.server);
    clock.close();
  });

  it("follows a server whose clock is set, within ten seconds", async () => {
    const { world, start } = place();
    const clock = await start();
    world.server -= 60_000;
    expect(clock.now()).toBe(world.server + 60_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(clock.now()).toBe(world.server);
    clock.close();
  });

  it("runs on while the server is away, and does not follow the noise of slow answers", async () => {
    const { world, pass, start } = place();
    const clock = await start();
    world.away = true;
    pass(60_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(clock.now()).toBe(world.server);
    world.away = false;
    world.exactMs = 400;
    const before = world.server;
    world.server += 300;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(clock.now()).toBe(before);
    clock.close();
  });
});
