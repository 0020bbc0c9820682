import { plain } from "./plain.js";

/** One line of progress, in the place of the one before it. */
export interface Progress {
  /** Shows it; an empty one takes it away. */
  show(line: string): void;
  /** Takes it away for as long as something else is written. */
  around(write: () => void): void;
}

const clear = "\r\u001b[2K";

/** Where nobody looks, nothing is shown. */
export function createProgress(stream: {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}): Progress {
  let shown = "";
  // One that is wider than the terminal could not be taken away.
  const fitting = (line: string) => plain(line).slice(0, Math.max(0, (stream.columns || 80) - 1));
  return {
    show(line) {
      const next = fitting(line);
      if (stream.isTTY !== true || next === shown) return;
      stream.write(`${clear}${next}`);
      shown = next;
    },
    around(write) {
      if (shown !== "") stream.write(clear);
      write();
      if (shown !== "") stream.write(shown);
    },
  };
}
