import type { State } from "./state.js";

export interface Pairing {
  /** Where pixiehook is, without a slash at the end. */
  readonly address: string;
  readonly token: string;
}

/** What became of hand-overs. A jar is known by a hash alone. */
export interface Tried {
  /** The epoch that `refused` is about. */
  readonly epoch: number | null;
  /** What pixiehook did not take in this epoch. */
  readonly refused: readonly string[];
  /** The jar that it took last, and when anything was handed over last. */
  readonly taken: string | null;
  readonly at: number | null;
  /** Why the last one was refused, where it was of another login; a sentence of pixiehook's. */
  readonly other: string | null;
  /** What it could not try, and when. */
  readonly delayed: { readonly offer: string; readonly at: number } | null;
}

/** Since when pixiehook cannot be reached. */
export interface Trouble {
  readonly since: number;
  readonly failures: number;
  /** When it was tried last; null: try at once. */
  readonly at: number | null;
  /** What it asked to wait (ms) itself. */
  readonly waitMs: number;
}

/** Changes when somebody may have signed in or out. */
export interface SignIn {
  readonly names: string;
  readonly text: string;
}

/** All that the companion knows. Cookies are no part of it. */
export interface Memory {
  readonly pairing: Pairing | null;
  /** The pairing was ended in pixiehook. */
  readonly ended: boolean;
  /** Why the last try to connect failed, and what to do. */
  readonly problem: string | null;
  readonly tried: Tried;
  readonly state: State | null;
  /** When the state was asked for last; null: ask at once. */
  readonly askedAt: number | null;
  readonly trouble: Trouble | null;
  readonly signIn: SignIn | null;
  /** Whether the browser lets us read the two hosts, and reach pixiehook. */
  readonly mayRead: boolean;
  /** Pages read lately: the minute, and how many. */
  readonly reads: readonly (readonly [number, number])[];
}

export const nothingTried: Tried = {
  epoch: null,
  refused: [],
  taken: null,
  at: null,
  other: null,
  delayed: null,
};

export const emptyMemory: Memory = {
  pairing: null,
  ended: false,
  problem: null,
  tried: nothingTried,
  state: null,
  askedAt: null,
  trouble: null,
  signIn: null,
  mayRead: true,
  reads: [],
};
