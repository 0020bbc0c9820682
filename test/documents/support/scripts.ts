import { existsSync, readdirSync, readFileSync } from "node:fs";
import { helpOf, knows } from "./shell.js";

const root = new URL("../../../", import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
  scripts: Record<string, string>;
};
/** What is wrong with a call of `pixiehook`; null when its command and its options exist. */
function callProblem(command: string, args: readonly string[]): string | null {
  if (!knows(command)) return `there is no command ${command}`;
  const options = args.filter((arg) => arg.startsWith("--"));
  const help = options.length > 0 ? helpOf(command) : "";
  const unknown = options.find((option) => !help.includes(` ${option.split("=")[0]} `));
  return unknown === undefined ? null : `${command} has no ${unknown}`;
}

/** What is wrong with a line that starts something of this package; null when it would run. */
export function lineProblem(line: string): string | null {
  const [program, ...words] = line
    .replace(/\s+#.*$/, "")
    .trim()
    .split(/\s+/);
  if (program === "npx" && words[0] === "pixiehook") return callProblem(words[1] ?? "", words.slice(2));
  if (program !== "npm") return `${program} is not known here`;
  const [what = "", ...rest] = words;
  if (what === "ci") return existsSync(new URL("package-lock.json", root)) ? null : "there is no lock file";
  const [name = "", ...args] = what === "run" ? rest.filter((word) => word !== "--silent") : words;
  const script = scripts[name];
  if (script === undefined) return `there is no script ${name}`;
  const given = args.filter((arg, index) => arg !== "--" || index > 0);
  const command = /^node bin\/pixiehook\.js (\S+)$/.exec(script)?.[1];
  if (command !== undefined) return callProblem(command, given);
  const file = /^node (?:--\S+ )?(\S+)/.exec(script)?.[1] ?? "";
  if (name === "bench") return benchProblem(given);
  if (name === "test:chaos") return chaosProblem(line);
  if (file.startsWith("scripts/") && !existsSync(new URL(file, root))) return `there is no ${file}`;
  return null;
}

function benchProblem(args: readonly string[]): string | null {
  const known = readdirSync(new URL("bench", root)).map((name) => name.replace(/\.ts$/, ""));
  const runs = readFileSync(new URL("bench/run.ts", root), "utf8");
  // What follows `--out` is a file to be written.
  const named = args.filter((_arg, index) => args[index - 1] !== "--out");
  const unknown = named.find((arg) =>
    arg.startsWith("--") ? !runs.includes(arg.slice(2)) : !known.includes(arg),
  );
  return unknown === undefined ? null : `the benchmarks have no ${unknown}`;
}

/** `-t` names a part of scenarios' names, anything else a part of files' names. */
function chaosProblem(line: string): string | null {
  const [, part] = / -t "([^"]*)"/.exec(line) ?? [];
  const [, file] = / -- (\w+)/.exec(line) ?? [];
  const files = readdirSync(new URL("test/chaos", root)).filter((name) => name.endsWith(".test.ts"));
  const scenarios = files.flatMap((name) =>
    [
      ...readFileSync(new URL(`test/chaos/${name}`, root), "utf8").matchAll(
        /^ {0,2}(?:test\()?["`](.*)["`], async/gm,
      ),
    ].map(([, scenario = ""]) => scenario),
  );
  if (part !== undefined && !scenarios.some((scenario) => scenario.includes(part)))
    return `no scenario says ${part}`;
  return file === undefined || files.some((name) => name.includes(file)) ? null : `test/chaos has no ${file}`;
}
