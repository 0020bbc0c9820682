import { createPaint } from "../../src/cli/colours.js";
import { StoppedError, type Terminal } from "../../src/cli/terminal.js";

/** A terminal that keeps what is written. */
export function createTerminal({ interactive = false, columns = Infinity } = {}) {
  const lines: string[] = [];
  const notes: string[] = [];
  const progress: string[] = [];
  const stopping = new AbortController();
  const terminal: Terminal = {
    write: (line) => void lines.push(line),
    note: (line) => void notes.push(line),
    progress: (line) => void progress.push(line),
    columns,
    interactive,
    paint: createPaint(interactive),
    keyboard: null,
    signal: stopping.signal,
  };
  const stop = { abort: () => stopping.abort(new StoppedError(130, "Stopped.")) };
  return { terminal, lines, notes, progress, stop };
}
