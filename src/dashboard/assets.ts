import { readFileSync } from "node:fs";
import type { Hono } from "hono";
import type { DashboardEnv } from "./env.js";
import { hashedPath } from "./hashed-path.js";
import { pictures } from "./pictures.js";

/** Where the files of the pages are. Their names change with their content, so browsers keep them forever. */
export interface Assets {
  readonly style: string;
  readonly script: string;
  readonly icon: string;
}

/** In the order of the cascade: later sheets may overrule earlier ones. */
const sheets = [
  "frame",
  "pieces",
  "lists",
  "charts",
  "forms",
  "subscribe",
  "system",
  "account",
  "home",
  "welcome",
  "choices",
  "subscription",
  "events",
  "companion",
  "phone",
];

/** Each works by itself: what one declares, another does not see. */
const scripts = ["times", "copy", "live", "refresh", "zone", "preview", "find", "try", "budget", "companion"];

/** Reads the files and serves them. */
export function serveAssets(app: Hono<DashboardEnv>): Assets {
  const read = (name: string): string => readFileSync(new URL(`./assets/${name}`, import.meta.url), "utf8");
  const serve = (name: string, type: string, content: string, path = hashedPath(name, content)): string => {
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
  for (const { light, dark } of Object.values(pictures))
    for (const { path, content } of [light, dark]) serve(path, "image/svg+xml", content, path);
  return {
    style: serve("style.css", "text/css; charset=utf-8", style),
    script: serve("script.js", "text/javascript; charset=utf-8", script),
    icon: serve("icon.svg", "image/svg+xml", read("icon.svg")),
  };
}
