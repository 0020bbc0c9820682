import { type Command, CommanderError } from "commander";
import { expect, test } from "vitest";
import type { Runtime } from "../../../src/cli/command.js";
import { createProgram } from "../../../src/cli/program.js";
import { createTerminal } from "../../support/terminal.js";

const runtime: Runtime = {
  terminal: createTerminal().terminal,
  environment: () => ({}),
  settings: () => {
    throw new Error("no command needs its settings to say how it is used");
  },
  exitWith: () => undefined,
};
const names = createProgram(runtime).commands.map((command) => command.name());
/** Without these, others are missed before. */
const needed: Readonly<Record<string, string[]>> = { replay: ["--since", "2d"] };
/** What these write is for people, or never ends. */
const withoutJson = new Set(["start", "demo", "simulator"]);

/** Runs a command line that ends before the command begins; what was written, and how it ended. */
async function run(...args: string[]) {
  const program = createProgram(runtime);
  const out: string[] = [];
  const err: string[] = [];
  for (const command of [program, ...program.commands]) {
    const { outputError } = command.configureOutput();
    command.configureOutput({
      writeOut: (text) => void out.push(text),
      writeErr: (text) => void err.push(text),
      ...(outputError && { outputError }),
    });
  }
  const ended = await program.parseAsync(["node", "pixiehook", ...args]).catch((error: unknown) => error);
  return { out: out.join(""), err: err.join(""), ended };
}

function find(name: string): Command {
  const command = createProgram(runtime).commands.find((each) => each.name() === name);
  if (!command) throw new Error(`no command ${name}`);
  return command;
}

test.each(names)("%s says what it does, with an example", async (name) => {
  const { out, err, ended } = await run(name, "--help");
  expect(ended).toMatchObject({ exitCode: 0 });
  expect(err).toBe("");
  expect(find(name).description()).toMatch(/^[a-z].{15,}[^.]$/);
  expect(out).toMatch(new RegExp(`\\nExamples?:\\n( {2}.*\\n)*? {2}pixiehook ${name}( |$)`, "m"));
});

test.each(names)("%s says what each of its options and arguments is", (name) => {
  const { options, registeredArguments } = find(name);
  for (const option of options) expect(option.description, option.flags).not.toBe("");
  for (const argument of registeredArguments) expect(argument.description, argument.name()).not.toBe("");
});

test.each(names.filter((name) => !withoutJson.has(name)))("%s can answer in JSON", (name) => {
  expect(find(name).options.find(({ long }) => long === "--json")?.description).toMatch(/for scripts$/);
});

test.each(names)("%s refuses an option that it does not know, beside the answer", async (name) => {
  const { out, err, ended } = await run(name, ...(needed[name] ?? []), "--unheard-of=session=c0ffee");
  expect(ended).toBeInstanceOf(CommanderError);
  expect(ended).not.toMatchObject({ exitCode: 0 });
  expect(out).toBe("");
  expect(err).toContain("unknown option '--unheard-of");
  expect(err).toContain("Add --help to see how it is used.");
  expect(err, "a value that may be a secret is not repeated").not.toContain("c0ffee");
});

test("help lists each command on one line, and all of it fits a terminal of 80 columns", async () => {
  const { out } = await run("--help");
  for (const name of names) expect(out).toMatch(new RegExp(`^ {2}${name} {2,}[a-z].{15,}[a-z]$`, "m"));
  expect(out.match(/^ {2}[a-z]+ {2}/gm)).toHaveLength(names.length + 1);
  for (const asked of [[], ...names.map((name) => [name])]) {
    const { out: shown } = await run(...asked, "--help");
    for (const line of shown.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(shown, "what is off unless told goes without saying").not.toMatch(/default: (false|\[)/);
  }
});

test("the version is told", async () => {
  const { out, ended } = await run("--version");
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(ended).toMatchObject({ exitCode: 0 });
});

test.each([
  ["simulator --port abc", '--port is "abc": use a whole number\n'],
  ["start --roles apis", '--roles is "apis": use some of api,poll,fan-out,deliver,clock\n'],
  ["simulator --dialect x", '--dialect is "x": use one of flat, grouped, bare, stringly\n'],
  ["replay", "required option '--since <time>' not specified\n"],
  ["strat", "unknown command 'strat'\n(Did you mean start?)\n"],
])("what is wrong with `%s` is told as all else is", async (line, told) => {
  const { err } = await run(...line.split(" "));
  expect(err).toBe(`pixiehook: ${told}Add --help to see how it is used.\n`);
});
