/** Something sealed that no key of the settings opens any more. */
export interface LostSeal {
  readonly what: "session" | "credentials" | "channel" | "signing_secrets" | "answer";
  /** The account or the subscription that it belongs to; null for an answer to a request. */
  readonly of: string | null;
}

/** What a stretch of sealing anew came to. */
export interface Resealing {
  /** Sealed texts that were looked at, and those of them that were sealed anew. */
  readonly checked: number;
  readonly sealed: number;
  readonly lost: readonly LostSeal[];
  /** Where to go on; null at the end. */
  readonly next: string | null;
}

export interface SealService {
  /**
   * Seals all that is sealed with an older key of the settings anew with the first, a bounded stretch at a time. What is
   * done stays done: it can be begun again at any time. An unreadable cursor throws `CursorError`.
   */
  reseal(after: string | null): Promise<Resealing>;
}
