import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Hono } from "hono";
import type { DashboardEnv } from "./env.js";

/** Where the files of the pages are. Their names change with their content, so browsers keep them forever. */
export interface Assets {
  readonly style: string;
  readonly script: string;
  readonly icon: string;
}

const files = {
  style: ["style.css", "text/css; charset=utf-8"],
  script: ["live.js", "text/javascript; charset=utf-8"],
  icon: ["icon.svg", "image/svg+xml"],
} as const;

/** Reads the files and serves them. */
export function serveAssets(app: Hono<DashboardEnv>): Assets {
  const serve = ([name, type]: readonly [string, string]): string => {
    const content = readFileSync(new URL(`./assets/${name}`, import.meta.url), "utf8");
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
    const path = `/assets/${name.replace(".", `-${hash}.`)}`;
    app.get(path, (c) =>
      c.body(content, 200, {
        "content-type": type,
        "cache-control": "public, max-age=31536000, immutable",
      }),
    );
    return path;
  };
  return { style: serve(files.style), script: serve(files.script), icon: serve(files.icon) };
}
