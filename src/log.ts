import { type DestinationStream, type Logger, pino } from "pino";
import pretty from "pino-pretty";
import { companionTokenPrefix } from "./domain/companion.js";
import { tokenPrefix } from "./domain/token.js";

export type Log = Logger;

const secretNames = [
  "authorization",
  "body",
  "cookie",
  "cookies",
  "password",
  "secret",
  "secrets",
  "token",
  "headers",
  "url",
  "jar",
];

/** Errors of libraries carry along what they failed with: a command and its arguments, a request and its headers. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack } = error;
  const code = "code" in error ? { code: String(error.code) } : {};
  const cause = error.cause === undefined ? {} : { cause: plainError(error.cause) };
  return { type: name, message, stack, ...code, ...cause };
}

const isSecret = new Set(secretNames);
const deepest = 4;

/** What is within a value, without secrets. By hand: the library's wildcards take most of the time of a line. */
function withoutSecrets(value: unknown, depth = 0): unknown {
  if (!isNested(value)) return value;
  if (depth === deepest) return "[too deep]";
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1));
  const entries = Object.entries(value).map(([name, inner]) => {
    return [name, isSecret.has(name) ? "[redacted]" : withoutSecrets(inner, depth + 1)];
  });
  return Object.fromEntries(entries);
}

/** Whatever JSON is written of by its members. Errors have their serializer, and the others write themselves. */
const isNested = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !(value instanceof Error) && !("toJSON" in value);

/** Most lines hold nothing but words and numbers, and are written as they are. */
function redacted(line: Record<string, unknown>): Record<string, unknown> {
  for (const name in line) {
    if (isSecret.has(name) || isNested(line[name])) return withoutSecrets(line) as Record<string, unknown>;
  }
  return line;
}

/** A token can come into any text, such as an address that was mistyped. It is known by its beginning. */
function withoutTokens(line: string): string {
  const holdsOne = line.includes(tokenPrefix) || line.includes(companionTokenPrefix);
  return holdsOne ? line.replace(/(px[hc]_)[\w-]{8,}/g, "$1[redacted]") : line;
}

/** Lines go out together, a quarter of a second late at most: a call for each takes longer than what it tells of. */
function bufferedOutput(): DestinationStream {
  const output = pino.destination({ fd: 2, sync: true, minLength: 4_096, periodicFlush: 250 });
  process.on("exit", () => output.flushSync());
  return output;
}

/** The program's log: JSON lines, or readable lines on a terminal. Secrets are replaced wherever they are named. */
export function createLog(
  options: { level: string; format: "json" | "pretty" },
  destination?: DestinationStream,
): Log {
  const formatters = { log: redacted, level: (level: string) => ({ level }) };
  const serializers = { err: plainError };
  const timestamp = pino.stdTimeFunctions.isoTime;
  const hooks = { streamWrite: withoutTokens };
  const settings = { level: options.level, base: null, formatters, hooks, serializers, timestamp };
  if (options.format === "json") return pino(settings, destination ?? bufferedOutput());
  const stream = pretty({
    destination: 2,
    sync: true,
    translateTime: "SYS:HH:MM:ss",
    singleLine: true,
    ignore: "pid,hostname",
  });
  return pino(settings, stream);
}
