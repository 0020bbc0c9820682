// Writes docs/events.md out of the catalogue, and the results in docs/benchmarks.md and docs/reliability.md out of the
// files in docs/benchmarks: `npm run docs`; with --check it only says whether the pages are right.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { eventTypes } from "../dist/src/domain/catalog.js";
import { findResource } from "../dist/src/pixieset/resources/index.js";
import { faultsIn } from "./faults.js";
import { resultsIn } from "./results.js";

const root = new URL("..", import.meta.url);

/** The types in groups: one for each object, in the order of the catalogue. */
const groups = groupBy(eventTypes, ({ type }) => type.split(".")[0]);

function groupBy(entries, keyOf) {
  const found = new Map();
  for (const entry of entries) found.set(keyOf(entry), [...(found.get(keyOf(entry)) ?? []), entry]);
  return found;
}

function table(head, rows) {
  const cells = [head, head.map((title) => "-".repeat(title.length)), ...rows];
  return cells.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}

/** `text or null`, `photo, video or null` … as people say it. */
function typeOf(schema) {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(", ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items)}`;
  return { string: "text", integer: "whole number", boolean: "yes or no" }[schema.type] ?? schema.type;
}

/** A row for each field, also of what lies within it: `media.id`. */
function fieldRows(schema, path = "") {
  return Object.entries(schema.properties).flatMap(([name, field]) => {
    const inner = field.properties ? field : field.anyOf?.find(({ properties }) => properties);
    const row = [`\`${path}${name}\``, typeOf(field), field.description ?? ""];
    return [row, ...(inner ? fieldRows(inner, `${path}${name}.`) : [])];
  });
}

function block(name, value) {
  return `<!-- example: ${name} -->\n\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

/** Which list tells of it, and whose list that is. */
function foundIn(resource) {
  if (resource === "service") return "pixiehook says this of itself: no list is polled for it.";
  const { scope, host } = findResource(resource);
  const where = scope === "collection" ? "of each collection" : "of the account";
  return `Found in the list \`${resource}\` ${where} (${host === "studio" ? "Studio Manager" : "Client Gallery"}).`;
}

/** The first type of an object with a whole event, the others with what differs. */
function exampleOf({ type, example }, isFirst) {
  const { object, previous } = example.data;
  return block(type, isFirst ? example : { object, previous });
}

function schemaSections(entries) {
  const bySchema = groupBy(entries, ({ schema }) => JSON.stringify(schema));
  return [...bySchema.values()].map((alike) => {
    const names = alike.map(({ type }) => `\`${type}\``).join(", ");
    const about = bySchema.size > 1 ? `\`object\` of ${names}:` : "`object`:";
    return `${about}\n\n${table(["field", "type", "meaning"], fieldRows(alike[0].schema))}`;
  });
}

function section([object, entries]) {
  const stated = entries.map(({ type, description }) => [
    `[\`${type}\`](#${type.replace(".", "")})`,
    description,
  ]);
  return [
    `## ${object}`,
    foundIn(entries[0].resource),
    table(["type", "stated when"], stated),
    ...schemaSections(entries),
    ...entries.map((entry, index) => {
      const differs = index === 0 ? "The whole event:" : "Its `data.object` and `data.previous`:";
      return `### ${entry.type}\n\n${entry.description} ${differs}\n\n${exampleOf(entry, index === 0)}`;
    }),
  ].join("\n\n");
}

const envelope = table(
  ["field", "type", "meaning"],
  [
    ["`id`", "text", "`evt_…`, computed from the change: the same change always has the same id"],
    ["`type`", "text", "one of the types below"],
    ["`timestamp`", "time", "when the event was committed"],
    ["`data.account`", "`id`, `name`", "whose account it is"],
    ["`data.collection`", "`id`, `name`, or null", "the collection that it happened in"],
    ["`data.client`", "`id`, `name`, `email`, or null", "who did it, as far as Pixieset tells"],
    ["`data.object`", "object", "what it happened to: see each type"],
    ["`data.previous`", "object or null", "the old values of the fields that changed; null when it is new"],
    ["`data.detected.at`", "time", "when pixiehook saw the difference"],
    ["`data.detected.notBefore`", "time or null", "the last good look before: it happened between the two"],
    ["`data.detected.occurredAt`", "time or null", "Pixieset's own time, where it gives one with a zone"],
    ["`data.detected.resource`", "text", "the list that told of it, or `service`"],
    ["`data.detected.revision`", "whole number", "counts the changes of one record: the higher one is newer"],
    [
      "`data.detected.backfill`",
      "yes or no",
      'whether it was there before watching began (`"backfill": true`)',
    ],
    [
      "`data.detected.sample`",
      "yes, or absent",
      "only in samples: nothing happened, somebody wanted to see what arrives",
    ],
  ],
);

const written = `# Events

Every type of event, when it is stated, and what is in it. This page is written by \`npm run docs\` from the catalogue that
the program itself uses; \`GET /v1/event-types\` gives the same with JSON Schemas.

Names are \`object.verb\`. A subscription's \`events\` takes names, all of an object (\`favorite.*\`), or everything (\`*\`). Every key
is always there, and null when unknown. Times are ISO 8601 in UTC; amounts are whole numbers in the smallest unit of their
currency. Types and fields may be added: pass over those that you do not know.

## What every event has

${envelope}

## All types

${table(
  ["object", "types"],
  [...groups].map(([object, entries]) => [
    `[${object}](#${object})`,
    entries.map(({ type }) => `\`${type.split(".")[1]}\``).join(", "),
  ]),
)}

${[...groups].map(section).join("\n\n")}
`;

const measured = resultsIn(
  readFileSync(new URL("docs/benchmarks.md", root), "utf8"),
  JSON.parse(readFileSync(new URL("docs/benchmarks/results.json", root), "utf8")),
);
const survived = faultsIn(
  readFileSync(new URL("docs/reliability.md", root), "utf8"),
  readFileSync(new URL("docs/benchmarks/faults.jsonl", root), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line)),
);
const pages = [
  { path: "docs/events.md", text: written, from: "the catalogue gives" },
  { path: "docs/reliability.md", text: survived, from: "docs/benchmarks/faults.jsonl says" },
  { path: "docs/benchmarks.md", text: measured, from: "docs/benchmarks/results.json says" },
];

for (const { path, text, from } of pages) {
  // As the formatter would leave it.
  const formatter = ["node_modules/@biomejs/biome/bin/biome", "format", `--stdin-file-path=${path}`];
  const page = execFileSync(process.execPath, formatter, { input: text, cwd: root, encoding: "utf8" });
  const file = new URL(path, root);
  if (!process.argv.includes("--check")) writeFileSync(file, page);
  else if (readFileSync(file, "utf8") !== page) {
    process.stderr.write(`${path} is not what ${from}: run \`npm run docs\`\n`);
    process.exitCode = 1;
  }
}
