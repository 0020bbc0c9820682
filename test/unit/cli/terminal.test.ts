import { expect, test } from "vitest";
import { createPaint, mayColour } from "../../../src/cli/colours.js";
import { plain } from "../../../src/cli/plain.js";
import { createProgress } from "../../../src/cli/progress.js";

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "" }, true],
  [true, { TERM: "dumb" }, false],
  [false, { FORCE_COLOR: "1" }, true],
  [false, { FORCE_COLOR: "", NO_COLOR: "1", TERM: "dumb" }, true],
  [true, { FORCE_COLOR: "0" }, false],
])("on a terminal: %s, with %j there are colours: %s", (isTTY, environment, expected) => {
  expect(mayColour({ isTTY }, environment)).toBe(expected);
  expect(createPaint(expected)("red", "text")).toBe(expected ? "\u001b[31mtext\u001b[39m" : "text");
});

function createStream(isTTY: boolean) {
  let written = "";
  const stream = { isTTY, columns: 20, write: (text: string) => (written += text) };
  return { stream, written: () => written };
}

test("progress stands on one line, gives way to what is written, and leaves nothing behind", () => {
  const { stream, written } = createStream(true);
  const progress = createProgress(stream);
  progress.show("1 of 3");
  progress.show("1 of 3");
  progress.around(() => stream.write("a line\n"));
  progress.show("2 of 3 of a very long line indeed");
  progress.show("");
  progress.around(() => stream.write("the end\n"));
  const clear = "\r\u001b[2K";
  expect(written()).toBe(`${clear}1 of 3${clear}a line\n1 of 3${clear}2 of 3 of a very lo${clear}the end\n`);
});

test("where nobody looks there is no progress", () => {
  const { stream, written } = createStream(false);
  const progress = createProgress(stream);
  progress.show("1 of 3");
  progress.around(() => stream.write("a line\n"));
  expect(written()).toBe("a line\n");
});

test("names of others cannot steer a terminal", () => {
  expect(plain("Ana\u001b[2J\u0007\r\nSmith\u202egnp\u2066\u009b1m")).toBe("Ana [2J Smith gnp 1m");
});
