import { count } from "../../dashboard/format.js";
import { plain } from "../plain.js";
import type { Terminal } from "../terminal.js";
import type { Finding, Section } from "./finding.js";

const marks = {
  good: { sign: "✓", style: "green" },
  notice: { sign: "!", style: "yellow" },
  problem: { sign: "✗", style: "red" },
} as const;

/** Writes the report for people: a line for each finding, and one below it for what to do. */
export function printReport(sections: readonly Section[], { write, paint: style }: Terminal): void {
  for (const { title, account, findings } of sections) {
    write(`${style("bold", plain(title))}${account === null ? "" : style("dim", `  ${plain(account)}`)}`);
    for (const { level, text, remedy } of findings) {
      const { sign, style: colour } = marks[level];
      write(`  ${style(colour, sign)} ${plain(text)}`);
      if (remedy !== null) write(`    ${style("dim", plain(remedy))}`);
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
