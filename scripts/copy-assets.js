// Puts the files that tsc leaves behind (Lua scripts, styles, client scripts) beside the compiled code.
import { cpSync, readdirSync } from "node:fs";

const assets = /\.(lua|css|svg|txt|html|js)$/;
for (const entry of readdirSync("src", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !assets.test(entry.name)) continue;
  const path = `${entry.parentPath}/${entry.name}`;
  cpSync(path, `dist/${path}`);
}
