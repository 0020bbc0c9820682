import { createPaint, mayColour, type Paint } from "./colours.js";
import { createProgress } from "./progress.js";

/** What a command may touch of the process it runs in. */
export interface Terminal {
  /** Writes a line of the answer. */
  readonly write: (line: string) => void;
  /** Writes a line beside the answer: advice, what went wrong. Never into what a script reads. */
  readonly note: (line: string) => void;
  /** Shows how far something has come, on one line beside the answer; "" takes it away. Nothing where nobody looks. */
  readonly progress: (line: string) => void;
  /** How many characters fit on a line of the answer; Infinity where nobody looks. */
  readonly columns: number;
  /** Whether a person looks at the answer. */
  readonly interactive: boolean;
  /** Colours of what is written, where they make sense. */
  readonly paint: Paint;
  /** A person who can be asked; null unless input and notes both are on a terminal. */
  readonly keyboard: Keyboard | null;
  /** Aborts with a `StoppedError` on SIGINT and SIGTERM, and when nobody reads the answer any more. */
  readonly signal: AbortSignal;
}

/** What somebody types, and where the question stands. */
export interface Keyboard {
  readonly input: NodeJS.ReadStream;
  readonly write: (text: string) => void;
  /** Whether the terminal understands more than text. */
  readonly isCapable: boolean;
  /** As Ctrl+C does where keys are not read one by one. */
  readonly interrupt: () => void;
}

/** Somebody stopped the command before its end. */
export class StoppedError extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

const stops = { SIGINT: 130, SIGTERM: 143 } as const;

/** The process's own terminal. A second signal ends it at once. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const stopping = new AbortController();
  const stop = (exitCode: number) => {
    if (stopping.signal.aborted) process.exit(exitCode);
    stopping.abort(new StoppedError(exitCode, "Stopped."));
  };
  for (const [name, exitCode] of Object.entries(stops)) process.on(name, () => stop(exitCode));
  // Whoever read the answer has had enough of it, as `| head` does.
  stdout.on("error", () => stopping.abort(new StoppedError(0, "")));
  stderr.on("error", () => undefined);
  const progress = createProgress(stderr);
  const keyboard: Keyboard = {
    input: stdin,
    write: (text) => void stderr.write(text),
    isCapable: env.TERM !== "dumb",
    interrupt: () => stop(stops.SIGINT),
  };
  return {
    write: (line) => progress.around(() => void stdout.write(`${line}\n`)),
    note: (line) => progress.around(() => void stderr.write(`${line}\n`)),
    progress: progress.show,
    columns: stdout.isTTY ? stdout.columns || 80 : Infinity,
    interactive: stdout.isTTY === true,
    paint: createPaint(mayColour(stdout, env)),
    keyboard: stdin.isTTY && stderr.isTTY ? keyboard : null,
    signal: stopping.signal,
  };
}
