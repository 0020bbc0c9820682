import type { Token, TokenInput } from "../domain/token.js";
import type { Page, PageRequest, Refusal } from "./shared.js";

export interface TokenService {
  /** The token itself (`pxh_…`) is given once, here. */
  create(input: TokenInput): Promise<{ readonly token: Token; readonly secret: string }>;
  /** Newest first; the first token, which is a setting, last. */
  list(page: PageRequest): Promise<Page<Token>>;
  get(id: string): Promise<Token | null>;
  /** Whose token this text is, expired or not; the first token is not known here. */
  find(text: string): Promise<Token | null>;
  /** Ends a token at once, in every process; refused for the first one. Null: no such token. */
  remove(id: string): Promise<{ readonly kind: "removed" } | Refusal | null>;
  /** Notes that a token was used, at most once a minute. Never fails. */
  noteUse(token: Token): Promise<void>;
}

/** What comes of showing a token at the door. */
export type Entry =
  | { readonly kind: "known"; readonly token: Token }
  | { readonly kind: "expired"; readonly token: Token }
  | { readonly kind: "unknown" }
  /** Too many wrong tokens came from this address. */
  | { readonly kind: "limited"; readonly retryAfterSeconds: number };

/** The door that API and dashboard share. */
export interface Entrance {
  /** Whose token this is. `address`: of the client's socket, "" where there is none. */
  enter(text: string, address: string): Promise<Entry>;
  /** The token of this id, while it opens the door. */
  standing(id: string): Promise<Token | null>;
  /** Aborts about a second after the token of this id was deleted or has expired; looks until `done`. */
  watch(id: string, done: AbortSignal): AbortSignal;
}
