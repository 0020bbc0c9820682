import { type Logger, pino } from "pino";
import pretty from "pino-pretty";

export type Log = Logger;

const secretNames = [
  "cookie",
  "cookies",
  "password",
  "secret",
  "secrets",
  "token",
  "authorization",
  "url",
  "jar",
];

/** The program's log: JSON lines, or readable lines on a terminal. Secrets are replaced wherever they are named. */
export function createLog(options: { level: string; format: "json" | "pretty" }): Log {
  const redact = { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" };
  const settings = { level: options.level, base: null, redact, timestamp: pino.stdTimeFunctions.isoTime };
  if (options.format === "json") return pino(settings, pino.destination({ fd: 2, sync: true }));
  const stream = pretty({
    destination: 2,
    sync: true,
    translateTime: "SYS:HH:MM:ss",
    ignore: "pid,hostname",
  });
  return pino(settings, stream);
}
