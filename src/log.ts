import { type Logger, pino } from "pino";
import pretty from "pino-pretty";

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

/** The program's log: JSON lines, or readable lines on a terminal. Secrets are replaced wherever they are named. */
export function createLog(options: { level: string; format: "json" | "pretty" }): Log {
  const redact = { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" };
  const serializers = { err: plainError };
  const timestamp = pino.stdTimeFunctions.isoTime;
  const settings = { level: options.level, base: null, redact, serializers, timestamp };
  if (options.format === "json") return pino(settings, pino.destination({ fd: 2, sync: true }));
  const stream = pretty({
    destination: 2,
    sync: true,
    translateTime: "SYS:HH:MM:ss",
    ignore: "pid,hostname",
  });
  return pino(settings, stream);
}
