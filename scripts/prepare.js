// Builds after `npm ci` in a checkout; an install without development packages has nothing to build with.
import { execSync } from "node:child_process";
import { existsSync } from "node:fs";

if (existsSync("node_modules/typescript/package.json") && existsSync("src/main.ts")) {
  execSync("npm run --silent build", { stdio: "inherit" });
}
