import type { Terminal } from "../../src/cli/terminal.js";

/** A terminal that keeps what is written. */
export function createTerminal({ interactive = false } = {}) {
  const lines: string[] = [];
  const notes: string[] = [];
  const stop = new AbortController();
  const terminal: Terminal = {
    write: (line) => void lines.push(line),
    note: (line) => void notes.push(line),
    interactive,
    signal: stop.signal,
  };
  return { terminal, lines, notes, stop };
}
