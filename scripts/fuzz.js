// Sends malformed requests, 100,000 unless told, to a service: `npm run test:fuzz -- 100000`.
import { spawnSync } from "node:child_process";

const [count = "100000"] = process.argv.slice(2);
const args = ["vitest", "run", "test/fuzz/fuzz.test.ts", "--disable-console-intercept"];
const { status } = spawnSync("npx", args, { stdio: "inherit", env: { ...process.env, FUZZ: count } });
process.exitCode = status ?? 1;
