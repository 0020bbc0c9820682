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

/** In the order of the cascade: later sheets may overrule earlier ones. */
const sheets = ["frame", "pieces", "lists", "charts", "forms", "subscribe", "system", "phone"];

/** Each works by itself: what one declares, another does not see. */
const scripts = ["times", "copy", "live", "refresh"];

/** Reads the files and serves them. */
export function serveAssets(app: Hono<DashboardEnv>): Assets {
  const read = (name: string): string => readFileSync(new URL(`./assets/${name}`, import.meta.url), "utf8");
  const serve = (name: string, type: string, content: string): string => {
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
  const style = sheets.map((name) => read(`styles/${name}.css`)).join("\n");
  const script = scripts.map((name) => `{\n${read(`scripts/${name}.js`)}}`).join("\n");
  return {
    style: serve("style.css", "text/css; charset=utf-8", style),
    script: serve("script.js", "text/javascript; charset=utf-8", script),
    icon: serve("icon.svg", "image/svg+xml", read("icon.svg")),
  };
}
