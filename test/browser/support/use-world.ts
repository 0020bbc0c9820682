import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import { startWorld, type World } from "./world.js";

/**
 * A world for the tests of a file or a `describe`. After each test its pages are closed, and none of them may have sent a
 * request elsewhere, got an answer that failed, or left an error or a warning.
 */
export function useWorld(begin: (world: World) => void | Promise<void>): void {
  let world: World | undefined;
  beforeAll(async () => {
    world = await startWorld(inject("chromium"));
    await begin(world);
  });
  afterEach(async () => {
    expect(await world?.leave()).toEqual([]);
  });
  afterAll(() => world?.close());
}
