export interface PageRequest {
  /** 1 to 200. */
  readonly limit: number;
  /** The `next` of the page before; an unreadable cursor throws `CursorError`. */
  readonly after: string | null;
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly next: string | null;
}

/** A cursor that this program did not make. */
export class CursorError extends Error {}

/** An answer that is neither success nor a bug: `code` is stable, `detail` says what to do. */
export interface Refusal {
  readonly kind: "refused";
  readonly code:
    | "session_rejected"
    | "session_of_another"
    | "session_unreadable"
    | "session_inactive"
    | "upstream_unreachable"
    | "login_not_configured"
    | "email_not_configured"
    | "url_not_allowed"
    | "account_not_found"
    | "account_missing"
    | "subscription_not_found"
    | "not_wanted"
    | "delivery_pending"
    | "hold_resolved"
    | "replay_running"
    | "replay_ended"
    | "subscription_disabled"
    | "token_is_setting"
    | "pairing_unknown"
    | "read_by_changed"
    | "companion_missing"
    | "browser_away";
  readonly detail: string;
}
