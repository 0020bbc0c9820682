/** What stands between these in a page is written by `npm run docs`. */
const marks = { from: "<!-- results -->", to: "<!-- end of results -->" };

/** The page, with the tables of these results in the place of those that it has. */
export function resultsIn(page, results) {
  const [before, rest] = page.split(marks.from);
  const after = rest?.split(marks.to)[1];
  if (after === undefined) throw new Error(`docs/benchmarks.md has no ${marks.from} … ${marks.to}`);
  return `${before}${marks.from}\n\n${tablesOf(results)}\n\n${marks.to}${after}`;
}

function tablesOf({ machine, results }) {
  const gigabytes = (machine.memory / 2 ** 30).toFixed(0);
  const where =
    `${machine.processors} processors (${machine.model}), ${gigabytes} GiB of memory, ${machine.kernel}, ` +
    `Node ${machine.node.replace(/^v/, "")}, Redis ${machine.redis}.`;
  return [where, ...results.map(resultOf)].join("\n\n");
}

function resultOf({ name, title, when, commit, changed, loadBefore, seconds, sections }) {
  const of = commit === null ? "" : `, of ${commit.slice(0, 10)}${changed ? " with changes" : ""}`;
  const load = `load before ${loadBefore.toFixed(1)}`;
  const measured = `Measured on ${when.slice(0, 10)}${of}; ${load}; ${durationOf(seconds)}.`;
  const about = title.replace(`${name}: `, "");
  return [`### ${name}: results`, `${capital(about)}. ${measured}`, ...sections.map(sectionOf)].join("\n\n");
}

const durationOf = (seconds) => (seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);
const capital = (text) => text.replace(/^./, (letter) => letter.toUpperCase());

/** A table as people read it, and what limits it below. A promise stands in the heading of its column. */
function sectionOf({ title, notes, lines }) {
  const names = [...new Set(lines.flatMap(({ figures }) => figures.map(({ name }) => name)))];
  const rows = lines.map(({ label, figures }) => {
    const cells = names.map((name) => cellOf(figures.find((figure) => figure.name === name)));
    return [label.trim(), ...cells];
  });
  const table = [["", ...names], ["-", ...names.map(() => "-:")], ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
  return `**${title}**\n\n${table}${notes.length > 0 ? `\n\n${notes.join(" ")}` : ""}`;
}

function cellOf(figure) {
  if (figure === undefined) return "";
  const { text, promise, holds } = figure;
  return promise === null ? text : `${text} ${holds ? "✓" : "✗"} (${promise.text})`;
}
