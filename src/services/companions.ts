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

/** A companion as an operator sees it. */
export interface CompanionView extends Companion {
  /** Whether it was heard of lately. */
  readonly connected: boolean;
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

/** Too many wrong codes or tokens came from an address, or too many requests with this token. */
export interface CompanionLimit {
  readonly kind: "limited";
  readonly by: "failures" | "requests";
  readonly retryAfterSeconds: number;
}

/** Whether a token lets in. `unknown`: its pairing was ended, or it is none. */
export type CompanionAdmission =
  | { readonly kind: "entered"; readonly entry: CompanionEntry }
  | { readonly kind: "unknown" }
  | CompanionLimit;

/** What ends a wait. */
export interface Ends {
  /** The browser went away: it does not count as there any more. */
  readonly gone: AbortSignal;
  /** This process ends. */
  readonly stop: AbortSignal;
}

/** Browsers that hand over a session, and read for the server. */
export interface CompanionService {
  /** Null: no such account. */
  pairing(account: string): Promise<Pairing | null>;
  /** Newest first. Null: no such account. */
  list(account: string): Promise<readonly CompanionView[] | null>;
  /** Ends a pairing at once, in every process. False: no such companion. */
  remove(account: string, companion: string): Promise<boolean>;

  /**
   * Exchanges a code; refused with `pairing_unknown`. The token is given once, here. `address`: who asks, "" when that
   * is not known.
   */
  pair(
    code: string,
    browser: string,
    address: string,
  ): Promise<
    | {
        readonly kind: "paired";
        readonly companion: Companion;
        readonly token: string;
        readonly state: CompanionState;
      }
    | CompanionLimit
    | Refusal
  >;
  /** Whose token this is. Notes that the companion was heard of. */
  enter(token: string, address: string): Promise<CompanionAdmission>;
  /** Null: the account is gone. */
  state(entry: CompanionEntry): Promise<CompanionState | null>;
  /** Hands over a session: cookies, or null to ask through the browser whether somebody is signed in. */
  handOver(
    entry: CompanionEntry,
    cookies: readonly HandedCookie[] | null,
    userAgent: string | null,
  ): Promise<CompanionState | Refusal | null>;
  /** Waits for something to do, `waitMs` at most. Null: the pairing was ended, or the account is gone. */
  takeErrand(
    entry: CompanionEntry,
    signIn: string,
    waitMs: number,
    ends: Ends,
  ): Promise<{ readonly state: CompanionState; readonly errand: Errand | null } | null>;
  /** False: nobody waits for it any more, or another one took it. */
  answerErrand(entry: CompanionEntry, errand: string, answer: ErrandAnswer): Promise<boolean>;
}
