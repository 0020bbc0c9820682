import { count } from "../../dashboard/format.js";
import { plain } from "../plain.js";
import type { Terminal } from "../terminal.js";
import type { Finding, Section } from "./finding.js";

const marks = {
  good: { sign: "✓", style: "green" },
  notice: { sign: "!", style: "yellow" },
  problem: { sign: "✗", style: "red" },
} as const;

const indent = "    ";

/** Lines of at most so many characters, broken between words; a longer word has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && longer.length <= width) lines.splice(-1, 1, longer);
    else lines.push(word);
  }
  return lines;
}

/** Writes the report for people: a line for each finding, and one below it for what to do. */
export function printReport(sections: readonly Section[], { write, paint: style, columns }: Terminal): void {
  const linesOf = (text: string) => wrap(plain(text), columns - indent.length);
  for (const { title, account, findings } of sections) {
    write(`${style("bold", plain(title))}${account === null ? "" : style("dim", `  ${plain(account)}`)}`);
    for (const { level, text, remedy } of findings) {
      const { sign, style: colour } = marks[level];
      for (const [index, line] of linesOf(text).entries())
        write(index === 0 ? `  ${style(colour, sign)} ${line}` : `${indent}${line}`);
      for (const line of remedy === null ? [] : linesOf(remedy)) write(`${indent}${style("dim", line)}`);
    }
    write("");
  }
  write(style("bold", verdict(sections.flatMap(({ findings }) => findings))));
}

function verdict(findings: readonly Finding[]): string {
  const problems = findings.filter(({ level }) => level === "problem").length;
  const notices = findings.filter(({ level }) => level === "notice").length;
  const known = notices === 0 ? "" : ` ${count(notices, "thing")} to know of.`;
  if (problems === 0) return `Nothing is wrong.${known}`;
  return `${count(problems, "thing")} need${problems === 1 ? "s" : ""} you.${known}`;
}
