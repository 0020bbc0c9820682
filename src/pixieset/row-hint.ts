import { isJsonObject, type JsonObject, type JsonValue } from "../domain/json.js";
import { wordLength } from "../domain/marks.js";
import { numberOf } from "./fields.js";
import { wordsOf } from "./names.js";
import { hashOfText } from "./read-memory.js";
import { isSecretName } from "./secrets.js";
import { readTime } from "./times.js";

/** Names of what moves when somebody was there. */
const active =
  /\b(counts?|num|totals?|activity|activities|updated?|modified|changed|last|views?|viewed|visits?|visited|visitors?|opened|accessed|seen|favou?rites?|favou?rited|downloads?|downloaded|shares?|shared|orders?)\b/;
/** Names of people, and of what says the same in other words at each reading. */
const idle = /\b(last name|human|formatted|ago|relative|display)\b/;

const judged = new Map<string, boolean>();

function tellsOfActivity(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const words = wordsOf(name.slice(0, 200));
  const tells = active.test(words) && !idle.test(words) && !isSecretName(name);
  // Rows of one list have the same few names; names that an answer makes up must not fill the memory.
  if (judged.size > 5_000) judged.clear();
  judged.set(name, tells);
  return tells;
}

/** A count or a time; nothing for a URL, "3 minutes ago", a switch or a word. */
function tellable(value: JsonValue): string {
  if (typeof value !== "number" && typeof value !== "string") return "";
  const number = numberOf(value);
  if (number !== null) return String(number);
  return typeof value === "string" && /\d/.test(value) ? (readTime(value).text ?? "") : "";
}

/** Most values of a row: it must not be long, there are thousands. */
const mostWords = 12;

/**
 * What a row says of activity in what it stands for: one word for each count and time that is named so, in the row itself
 * or in an object of it such as `stats`. Words are hashes, only good to see that something is otherwise than before.
 */
export function hintOf(row: JsonObject): string {
  const told: (readonly [name: string, value: JsonValue])[] = [];
  for (const [name, value] of Object.entries(row)) {
    if (!isJsonObject(value)) {
      if (tellsOfActivity(name)) told.push([name, value]);
      continue;
    }
    if (isSecretName(name)) continue;
    for (const [inner, member] of Object.entries(value)) {
      const path = `${name}_${inner}`;
      if (!isJsonObject(member) && tellsOfActivity(path) && !isSecretName(inner)) told.push([path, member]);
    }
  }
  return told
    .filter(([, value]) => !Array.isArray(value))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, mostWords)
    .map(([name, value]) => hashOfText(`${name} ${tellable(value)}`).slice(0, wordLength))
    .join("");
}
