/** A setting is wrong or missing: the start ends with one line for each problem. */
export class SettingsError extends Error {
  readonly exitCode = 78;
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** Something outside that the program cannot start without (a Redis server, a free data folder). */
export class StartError extends Error {
  readonly exitCode = 1;
}

/** A command was asked for in a way that it cannot follow. */
export class UsageError extends Error {
  readonly exitCode = 2;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
