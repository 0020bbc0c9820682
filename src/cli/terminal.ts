/** What a command may touch of the process it runs in. */
export interface Terminal {
  /** Writes a line of the answer. */
  readonly write: (line: string) => void;
  /** Writes a line beside the answer: progress, advice. Never into what a script reads. */
  readonly note: (line: string) => void;
  /** Whether a person looks at it: colours and progress make sense. */
  readonly interactive: boolean;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** The process's own terminal. A second signal ends it at once. */
export function processTerminal(): Terminal {
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    write: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    interactive: process.stdout.isTTY === true,
    signal: stopping.signal,
  };
}
