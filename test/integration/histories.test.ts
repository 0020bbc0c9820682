import { test } from "vitest";
import { playAll } from "../support/histories/play-all.js";

const dayMs = 86_400_000;

test(
  "of any history of lists known by ids exactly what could be known is told, each change once",
  async () => {
    await playAll(true);
  },
  dayMs,
);
