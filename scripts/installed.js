import { existsSync } from "node:fs";

// What comes next would say no more than "tsc: not found".
if (!existsSync(new URL("../node_modules/commander", import.meta.url))) {
  console.error("The packages that pixiehook needs are not there yet: run `npm ci` first.");
  process.exitCode = 1;
}
