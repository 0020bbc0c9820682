import { expect, test } from "vitest";
import { isWholePaste, looksLikeCookies, question, recognise } from "../../../src/cli/connect/cookies.js";
import { createTyped } from "../../../src/cli/prompt/typed.js";

function type(...chunks: string[]) {
  const typed = createTyped();
  for (const chunk of chunks) typed.add(chunk);
  return typed;
}

const [begin, end] = ["\u001b[200~", "\u001b[201~"];

test("a paste that the terminal marks comes whole, however it is cut into pieces", () => {
  const sent = `${begin}curl 'x' \\\r\n  -b 'a=ü'\r\u001b[201${end}\r`;
  const whole = `curl 'x' \\\n  -b 'a=ü'\n\u001b[201\n`;
  for (const size of [1, 2, 3, 5, 7, sent.length]) {
    const chunks = sent.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    expect(type(...chunks)).toMatchObject({ text: whole, hasPaste: true, asked: "enter" });
  }
  expect(type(`${begin}a\r\n`)).toMatchObject({ hasPaste: false, asked: "nothing" });
});

test("keys that are no letters leave nothing behind", () => {
  expect(type("ab\u007fc", "\u001b[A\u001bOP", "\u001b", "[D", "\u0001d\r\n")).toMatchObject({
    text: "acd\n",
    asked: "enter",
  });
  expect(type("wrong\u0015right\u0004more")).toMatchObject({ text: "right", asked: "end" });
  expect(type("secret\u0003\r")).toMatchObject({ asked: "interrupt" });
});

test.each([
  ["a Cookie header", "session=1; xsrf=2\n", true],
  ["a Cookie header with its name", "Cookie: session=1\n", true],
  ["the first line of a copied request", "GET /api HTTP/1.1\n", false],
  ["the first line of a cURL", "curl 'https://x' \\\n", false],
  ["the first line of a cURL for cmd", 'curl "https://x" ^\n', false],
  ["the last line of a cURL", "curl 'https://x' \\\n -b 'a=b'\n", true],
  ["half of a JSON export", '[{"name":"a",\n', false],
  ["a JSON export", '[{"name":"a",\n"value":"b"}]\n', true],
  ["a line of a cookies.txt", ".pixieset.com\tTRUE\t/\tTRUE\t0\ta\tb\n", false],
  ["a cookies.txt and an empty line", ".pixieset.com\tTRUE\t/\tTRUE\t0\ta\tb\n\n", true],
  ["nothing", "\n", true],
])("Enter after %s ends the paste: %s → %s", (_, text, whole) => {
  expect(isWholePaste({ text, hasPaste: false })).toBe(whole);
  expect(isWholePaste({ text, hasPaste: true })).toBe(true);
});

test.each(["a=b; c=d", "Cookie: a=b", "curl 'x' -b a=b", '[{"name":"a"}]', "PIXIESET=0123456789abcdef0"])(
  "%s does not belong on a command line",
  (text) => expect(looksLikeCookies(text)).toBe(true),
);
test.each(["acc_0123456789abcdef", "Smith & Sons; Weddings", "cookies.txt", "./a=b/cookies.txt", "-"])(
  "%s may stand on a command line",
  (text) => expect(looksLikeCookies(text)).toBe(false),
);

test.each([
  ["a=1; b=2", "Read 2 cookies from a Cookie header."],
  ["curl 'https://x' -b 'a=1'", "Read 1 cookie from a “Copy as cURL”."],
  ['[{"name":"a","value":"1"}]', "Read 1 cookie from a JSON export."],
  ["# Netscape HTTP Cookie File\n.pixieset.com\tTRUE\t/\tTRUE\t0\ta\t1", "Read 1 cookie from a cookies.txt."],
])("of a paste only this is told: %s → %s", (text, told) => expect(recognise(text)).toBe(told));

test("what is wrong with a paste is told", () => {
  expect(() => recognise("")).toThrow("Nothing was pasted.");
  expect(() => recognise("words without a value")).toThrow("No cookies were found");
});

test("the question for cookies fits a terminal of 80 columns", () => {
  for (const line of question.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
});
