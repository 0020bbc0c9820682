import type { Log } from "../log.js";
import type { FormToken } from "./parts/form.js";

/** What a request carries once its session was checked. */
export interface DashboardEnv {
  /** Handed along with a request, if at all: the log whose lines carry its id. */
  Bindings: { readonly log?: Log };
  Variables: {
    /** What forms of this session carry, the one to sign out too; not there before sign-in. */
    session: string;
    /** The same for those who may change things, null for those who may only look. */
    form: FormToken;
    /** The API token that the session came of. */
    tokenId: string;
  };
}
