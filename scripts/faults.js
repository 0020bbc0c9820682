/** What stands between these in a page is written by `npm run docs`. */
const marks = { from: "<!-- results -->", to: "<!-- end of results -->" };

/** Figures with a column of their own; the others say what was done. */
const columns = [
  ["events", "events"],
  ["deliveries", "deliveries"],
  ["lost", "lost"],
  ["invented", "invented"],
  ["doubles", "doubles"],
  ["doubles that nothing explains", "not explained"],
  ["out of order", "out of order"],
  ["late", "late"],
  ["delay p50, s", "p50, s"],
  ["delay p99, s", "p99, s"],
  ["longest delay, s", "longest, s"],
];

/** The page, with a table of these lines: the last one of each scenario, in the order in which they were first played. */
export function faultsIn(page, lines) {
  const [before, rest] = page.split(marks.from);
  const after = rest?.split(marks.to)[1];
  if (after === undefined) throw new Error(`docs/reliability.md has no ${marks.from} … ${marks.to}`);
  const last = new Map(lines.map((line) => [nameOf(line), line]));
  return `${before}${marks.from}\n\n${tableOf([...last.values()])}\n\n${marks.to}${after}`;
}

/** Without the seed, which differs from run to run. */
const nameOf = ({ scenario }) => scenario.replace(/ \(seed \d+\)$/, "");

function tableOf(lines) {
  const own = new Set(["scenario", "when", "bodies altered", ...columns.map(([name]) => name)]);
  const rows = lines.map((line) => {
    const done = Object.entries(line).filter(([name]) => !own.has(name));
    const said = done.map(([name, value]) => `${name}: ${shown(value)}`).join("; ");
    return [nameOf(line), said, ...columns.map(([name]) => shown(line[name] ?? ""))];
  });
  const head = ["scenario", "what was done", ...columns.map(([, title]) => title)];
  const rule = ["-", "-", ...columns.map(() => "-:")];
  const dates = lines.map(({ when }) => when.slice(0, 10)).sort();
  const played = dates[0] === dates.at(-1) ? `on ${dates[0]}` : `from ${dates[0]} to ${dates.at(-1)}`;
  return [`Played ${played}.`, [head, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")].join(
    "\n\n",
  );
}

const shown = (value) => (typeof value === "number" ? value.toLocaleString("en") : value);
