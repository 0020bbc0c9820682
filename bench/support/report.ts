import { type Figure, isBroken, type Section, type Unit } from "./benchmark.js";

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

function inBytes(bytes: number): string {
  if (bytes < 10_000) return `${grouped.format(bytes)} B`;
  return bytes < 10_000_000 ? `${grouped.format(bytes / 1_000)} kB` : `${grouped.format(bytes / 1e6)} MB`;
}

function inTime(ms: number): string {
  if (ms > 0 && ms < 0.95) return `${(ms * 1_000).toFixed(ms < 0.01 ? 1 : 0)} µs`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${grouped.format(ms)} ms`;
}

const write: Readonly<Record<Unit, (value: number) => string>> = {
  milliseconds: inTime,
  minutes: (value) => `${value < 100 ? value.toFixed(1) : grouped.format(value)} min`,
  hours: (value) => `${value.toFixed(1)} h`,
  bytes: inBytes,
  ratio: (value) => `${value.toFixed(value < 0.2 ? 3 : 2)} x`,
  percent: (value) => `${(value * 100).toFixed(2)} %`,
  count: (value) =>
    Number.isInteger(value) || value >= 10 ? grouped.format(value) : value.toFixed(value < 1 ? 2 : 1),
};

/** A figure as people read it. */
export function inText({ value, unit }: Figure): string {
  return write[unit](value);
}

/** What is promised of a figure, each limit with what stands before it in a heading and in a sentence. */
function limitsOf({ atMost, atLeast, unit }: Figure): { sign: string; words: string; limit: string }[] {
  const promises = [
    { sign: "≤", words: "at most", limit: atMost },
    { sign: "≥", words: "at least", limit: atLeast },
  ];
  return promises.flatMap(({ limit, ...how }) =>
    limit === undefined ? [] : [{ ...how, limit: write[unit](limit) }],
  );
}

/** What is promised of a figure, in signs; empty when nothing is. */
export function promiseInText(figure: Figure): string {
  return limitsOf(figure)
    .map(({ sign, limit }) => `${sign} ${limit}`)
    .join(", ");
}

function cellOf(figure: Figure): string {
  const text = inText(figure);
  if (limitsOf(figure).length === 0) return text;
  return `${text} ${isBroken(figure) ? "✗" : "✓"}`;
}

/** A table with one column for each name that a figure has; what follows the column's heading is promised of it. */
export function tableOf(section: Section): string {
  const names = [...new Set(section.lines.flatMap(({ figures }) => figures.map(({ name }) => name)))];
  const promised = (name: string) => {
    const promises = section.lines
      .flatMap(({ figures }) => figures.filter((figure) => figure.name === name))
      .map(promiseInText)
      .filter((limits) => limits !== "");
    return promises[0] === undefined ? name : `${name} (${promises[0]})`;
  };
  const rows = [
    ["", ...names.map(promised)],
    ...section.lines.map(({ label, figures }) => [
      label,
      ...names.map((name) => {
        const figure = figures.find((each) => each.name === name);
        return figure ? cellOf(figure) : "";
      }),
    ]),
  ];
  const widths = ["", ...names].map((_name, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  return [
    section.title,
    ...lines.map((line) => `  ${line}`),
    ...section.notes.map((note) => `  ${note}`),
  ].join("\n");
}

/** The promises that do not hold, one sentence each. */
export function brokenPromises(sections: readonly Section[]): string[] {
  return sections.flatMap(({ title, lines }) =>
    lines.flatMap(({ label, figures }) =>
      figures.filter(isBroken).map((figure) => {
        const value = inText(figure);
        const promised = limitsOf(figure).map(({ words, limit }) => `${words} ${limit}`);
        return `${title}: ${label}: ${figure.name} is ${value}, promised is ${promised.join(" and ")}`;
      }),
    ),
  );
}
