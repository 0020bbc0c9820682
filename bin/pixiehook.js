#!/usr/bin/env node
import { existsSync } from "node:fs";

// Names are looked up on the thread pool: a few receivers whose names do not resolve must not hold up the rest.
process.env.UV_THREADPOOL_SIZE ??= "16";

const entry = new URL("../dist/src/main.js", import.meta.url);
if (existsSync(entry)) {
  await import(entry.href);
} else {
  // Installing builds, too.
  const installed = existsSync(new URL("../node_modules/commander", import.meta.url));
  console.error(`pixiehook is not built yet: run \`${installed ? "npm run build" : "npm ci"}\` first.`);
  process.exitCode = 1;
}
