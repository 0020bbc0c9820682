import { runSimulator } from "../simulator/run.js";
import { type DialectName, dialectNames } from "../simulator/upstream/dialects.js";
import type { Terminal } from "./terminal.js";

export interface SimulateOptions {
  readonly port: number;
  readonly host: string;
  readonly seed: number;
  readonly dialect: DialectName;
  readonly collections: number;
  readonly life: boolean;
}

export { dialectNames };

/** `pixiehook simulator`: the simulated studio alone, until it is told to stop. */
export async function simulate(options: SimulateOptions, terminal: Terminal): Promise<void> {
  await runSimulator({ ...options, log: terminal.write, signal: terminal.signal });
}
