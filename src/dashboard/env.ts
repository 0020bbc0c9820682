import type { Log } from "../log.js";

/** What a request carries once its session was checked. */
export interface DashboardEnv {
  /** Handed along with a request, if at all: the log whose lines carry its id. */
  Bindings: { readonly log?: Log };
  Variables: {
    /** Goes into every form; empty before sign-in. */
    formToken: string;
    /** The API token that the session came of. */
    tokenId: string;
  };
}
