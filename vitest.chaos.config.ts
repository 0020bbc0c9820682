import { defineConfig } from "vitest/config";

/** Faults, one scenario after the other: each has the machine for itself. */
export default defineConfig({
  test: {
    include: ["test/chaos/**/*.test.ts"],
    testTimeout: 3_600_000,
    hookTimeout: 180_000,
    pool: "forks",
    maxWorkers: 1,
    disableConsoleIntercept: true,
  },
});
