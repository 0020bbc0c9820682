import { readFileSync } from "node:fs";

/** A line of the log as docs/operations.md tells of it. */
export interface TellingLine {
  readonly message: string;
  readonly level: string;
  readonly always: readonly string[];
  readonly sometimes: readonly string[];
}

/** The table under "Logs". */
export function linesOfPage(): TellingLine[] {
  const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
  const section = /\n## Logs\n([\s\S]*?)\n## /.exec(page)?.[1] ?? "";
  const rows = [...section.matchAll(/^\| `(.+?)` +\| (info|warn|error|fatal) +\| (.*)\|$/gm)];
  return rows.map(([, message = "", level = "", cell = ""]) => {
    const fields = [...cell.matchAll(/`(\w+)`(\??)/g)];
    const named = (mark: string) =>
      fields.filter(([, , found]) => found === mark).map(([, name = ""]) => name);
    return { message, level, always: named(""), sometimes: named("?") };
  });
}
