import { expect, test } from "vitest";
import {
  companionStateSchema,
  errandAnswerInput,
  handOverInput,
  pairedSchema,
  pairInput,
  takeInput,
  takenSchema,
} from "../../src/api/schemas/companion.js";
import { readPairingCode } from "../../src/domain/companion.js";
import { readPage, useExamples } from "../support/documents.js";
import { lineProblem } from "./support/scripts.js";

const example = useExamples();
const protocol = "docs/companion-protocol.md";
const shown = (name: string) => JSON.parse(example(protocol, name));

test("the companion is built by a command that is there, into the folders that the page names", () => {
  const line = example("docs/companion.md", "build").trim();
  expect(example("README.md", "companion").trim()).toBe(line);
  expect(lineProblem(line)).toBeNull();
  const script = readPage("scripts/companion.js");
  expect(script).toMatch(/join\(root, "dist", "companion"\)/);
  const page = readPage("docs/companion.md");
  for (const browser of ["chromium", "firefox"]) {
    expect(script).toMatch(new RegExp(`^ {2}${browser}: \\{`, "m"));
    expect(page).toContain(`dist/companion/${browser}`);
  }
});

test("what a companion sends and gets is what the contract shows", () => {
  const pair = pairInput.parse(shown("pair"));
  expect(readPairingCode(pair.code)).toBe(pair.code);
  const state = companionStateSchema.strict().parse(shown("state"));
  pairedSchema.strict().parse({ ...shown("paired"), state });
  handOverInput.parse(shown("session"));
  handOverInput.parse({});
  takeInput.parse(shown("take"));
  takenSchema.strict().parse({ ...shown("errand"), state });
  errandAnswerInput.parse(shown("answer"));
  const told = [...readPage(protocol).matchAll(/`(?:\{ "failure": )?"(\w+)"(?: \})?`/g)].map(
    ([, word]) => word,
  );
  expect(told).toEqual(["unreachable", "too_slow", "too_large"]);
  for (const failure of told) errandAnswerInput.parse({ failure });
});
