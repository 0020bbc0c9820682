import type { PixiehookEvent } from "../domain/event.js";
import type { Log } from "../log.js";
import type { Entrance } from "../services/tokens.js";
import type { Services } from "../services.js";
import type { Assets } from "./assets.js";
import type { Gate } from "./session.js";

export interface DashboardOptions {
  readonly services: Services;
  /** Says which tokens open the dashboard. */
  readonly entrance: Entrance;
  /** The first token: sessions are signed with a key derived from it, so a new one ends them all. */
  readonly apiToken: string;
  /** Where people reach this program, without a trailing slash. */
  readonly publicUrl: string;
  readonly version: string;
  /** Whether it is reached over https: cookies are then never sent in the clear. */
  readonly secure: boolean;
  /** How long events are kept, ms; thirty days unless told. */
  readonly retentionMs?: number;
  /** Whether the upstream is a simulated studio: then its cookies come from elsewhere than a browser. */
  readonly simulated?: boolean;
  /** Origins of the upstream that are not Pixieset's: a companion has to be built for them. */
  readonly companionFor?: readonly string[];
  readonly log?: Log;
  readonly now?: () => Date;
  /** What happened, as one sentence. Without it the type and the name of the object have to do. */
  readonly describe?: (event: PixiehookEvent) => string;
  /** Ends live streams when the program stops. */
  readonly signal?: AbortSignal;
  /** Of live lists; usual ones unless told. */
  readonly live?: LiveTimes;
}

export interface LiveTimes {
  /** How often a list that is quiet says that it lives. */
  readonly heartbeatMs: number;
  /** How long a browser may take nothing before it is let go; it comes back by itself. */
  readonly patienceMs: number;
}

/** What the pages work with: the options, completed. */
export interface DashboardContext {
  readonly services: Services;
  readonly version: string;
  readonly publicUrl: string;
  readonly simulated: boolean;
  readonly companionFor: readonly string[];
  readonly retentionMs: number;
  readonly now: () => Date;
  readonly describe: (event: PixiehookEvent) => string;
  readonly signal: AbortSignal;
  readonly entrance: Entrance;
  readonly gate: Gate;
  readonly assets: Assets;
}
