import type { Host } from "./hosts.js";

/** A whole answer, whatever its status. */
export interface Answer {
  readonly kind: "answer";
  readonly status: number;
  /** Lower-case names; several values joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** No answer: `aborted` when the caller's signal ended it or nobody is there to ask, else trouble that passes. */
export type NoAnswer =
  | { readonly kind: "transient"; readonly reason: string; readonly afterMs: null }
  | { readonly kind: "aborted"; readonly reason: string }
  | { readonly kind: "shape_changed"; readonly reason: string };

/** One GET to Pixieset. Redirects are answers, never followed. */
export interface Wanted {
  readonly host: Host;
  readonly path: string;
  /** Headers under which the answer may be 304. */
  readonly conditions?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The requests of one reading, or of one probe: all with the same session. Never throws for answers. */
export interface Fetching {
  /** Whether there is anything to show to this host. */
  knows(host: Host): boolean;
  /** Stands for the session: the same text as long as nobody renewed or replaced it. */
  session(): string;
  get(wanted: Wanted): Promise<Answer | NoAnswer>;
}

/**
 * Gets pages for one account: this server, with the session that it has, or the user's browser, with its own. All that
 * comes after the answer is the same.
 */
export interface Fetcher {
  /** Base URLs with their paths, such as https://galleries.pixieset.com/api/v1. */
  readonly galleryUrl: string;
  readonly studioUrl: string;
  /** Whether somebody else may have signed in since: then what differs is only believed when it was asked who is. */
  readonly isShared: boolean;
  /** The time (ms since 1970) that answers are read by. */
  now(): number;
  /** Null when there is no session to ask with. */
  begin(): Promise<Fetching | null>;
}
