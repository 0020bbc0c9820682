import { gzipSync } from "node:zlib";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/domain/json.js";
import type { Random } from "../../src/simulator/random.js";
import { anyValue, bodies } from "./nonsense.js";
import type { FuzzOperation } from "./operations.js";

/** Puts raw JSON text into a value: it is written out instead of this mark. */
const mark = (text: string): string => `\u0001${Buffer.from(text).toString("base64")}\u0001`;
const marks = /"\\u0001([A-Za-z0-9+/=]*)\\u0001"/g;
const write = (value: JsonValue): string =>
  JSON.stringify(value).replace(marks, (_, text: string) => Buffer.from(text, "base64").toString());

/** Every object in a value, itself too. */
function objectsIn(value: JsonValue): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isJsonObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
}

const strangers = [
  "",
  "x",
  "__proto__",
  "constructor",
  "prototype",
  "toJSON",
  "then",
  "ｎame",
  "name ",
  "NAME",
  "a.b",
  "a[0]",
  "\u0000",
];

/** Sets a field, also one whose name stands for something else in an assignment. */
function put(target: JsonObject, name: string, random: Random): void {
  const value = mark(anyValue(random));
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function changeField(value: JsonObject, operation: FuzzOperation, random: Random): void {
  const target = random.pick(objectsIn(value));
  const present = Object.keys(target);
  const names = random.chance(0.6) && present.length > 0 ? present : operation.fields;
  if (names.length === 0) return;
  const name = random.pick(names);
  if (random.chance(0.12)) delete target[name];
  else put(target, name, random);
}

function addStranger(value: JsonObject, random: Random): void {
  const name = random.pick(strangers);
  put(random.pick(objectsIn(value)), name, random);
}

/** The same object with one of its fields in it twice. */
function doubleField(text: string, operation: FuzzOperation, random: Random): string {
  const name = operation.fields.length > 0 ? random.pick(operation.fields) : "name";
  return text.replace(/\}$/, `${text === "{}" ? "" : ","}${JSON.stringify(name)}:${anyValue(random)}}`);
}

/** A body for this route that is most likely wrong. */
export function malformedBody(operation: FuzzOperation, example: JsonObject, random: Random): Buffer {
  const kind = random.next();
  if (kind < 0.12) return random.pick(bodies)();
  const value = structuredClone(example);
  for (let left = random.int(0, 3); left > 0; left--) {
    if (random.chance(0.8)) changeField(value, operation, random);
    else addStranger(value, random);
  }
  const text = random.chance(0.06) ? doubleField(write(value), operation, random) : write(value);
  const bytes = Buffer.from(text);
  if (kind < 0.17) return bytes.subarray(0, random.int(0, bytes.length));
  if (kind < 0.2) return gzipSync(bytes);
  if (kind < 0.23) bytes[random.int(0, Math.max(0, bytes.length - 1))] = random.int(0, 255);
  return bytes;
}
