// Plays generated histories, a million unless told: `npm run test:histories -- 1000000`.
import { spawnSync } from "node:child_process";

const [count = "1000000"] = process.argv.slice(2);
const files = ["test/integration/histories.test.ts", "test/integration/histories-without-ids.test.ts"];
const { status } = spawnSync("npx", ["vitest", "run", ...files, "--disable-console-intercept"], {
  stdio: "inherit",
  env: { ...process.env, HISTORIES: count },
});
process.exitCode = status ?? 1;
