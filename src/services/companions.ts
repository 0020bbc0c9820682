import type { SessionStatus } from "../domain/account.js";
import type { Companion, Errand, ErrandAnswer, HandedCookie, Reader } from "../domain/companion.js";
import type { Refusal } from "./shared.js";

/** What an operator gives to a browser, once. */
export interface Pairing {
  /** `7K2M-9QXD-4HTR`. */
  readonly code: string;
  /** The address of pixiehook with the code behind it, to be pasted into the companion. */
  readonly link: string;
  readonly expiresAt: string;
}

/** What a companion is told of its account: nothing that it watches, and nothing of what it stores. */
export interface CompanionState {
  readonly account: { readonly id: string; readonly name: string };
  readonly session: {
    readonly status: SessionStatus;
    readonly reason: string | null;
    readonly epoch: number;
  };
  readonly readBy: Reader;
  readonly hosts: { readonly gallery: string; readonly studio: string };
  readonly signInUrl: string;
}

/** Who a companion's token belongs to. */
export interface CompanionEntry {
  readonly account: string;
  readonly companion: Companion;
}

/** Browsers that hand over a session, and read for the server. */
export interface CompanionService {
  /** Null: no such account. */
  pairing(account: string): Promise<Pairing | null>;
  /** Newest first. Null: no such account. */
  list(account: string): Promise<readonly Companion[] | null>;
  /** Ends a pairing at once, in every process. False: no such companion. */
  remove(account: string, companion: string): Promise<boolean>;

  /** Exchanges a code; refused with `pairing_unknown`. The token is given once, here. */
  pair(
    code: string,
    browser: string,
  ): Promise<
    | {
        readonly kind: "paired";
        readonly companion: Companion;
        readonly token: string;
        readonly state: CompanionState;
      }
    | Refusal
  >;
  /** Whose token this is; null when it opens nothing. Notes that the companion was heard of. */
  enter(token: string): Promise<CompanionEntry | null>;
  /** Null: the account is gone. */
  state(entry: CompanionEntry): Promise<CompanionState | null>;
  /** Hands over a session: cookies, or null to ask through the browser whether somebody is signed in. */
  handOver(
    entry: CompanionEntry,
    cookies: readonly HandedCookie[] | null,
    userAgent: string | null,
  ): Promise<CompanionState | Refusal | null>;
  /** Waits for something to do, `waitMs` at most, or until `signal` ends. */
  takeErrand(
    entry: CompanionEntry,
    signIn: string,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly state: CompanionState; readonly errand: Errand | null } | null>;
  /** False: nobody waits for it any more, or another one took it. */
  answerErrand(entry: CompanionEntry, errand: string, answer: ErrandAnswer): Promise<boolean>;
}
