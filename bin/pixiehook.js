#!/usr/bin/env node
import { existsSync } from "node:fs";

const entry = new URL("../dist/src/main.js", import.meta.url);
if (existsSync(entry)) {
  await import(entry.href);
} else {
  console.error("pixiehook is not built yet: run `npm run build` first.");
  process.exitCode = 1;
}
