/** What a request carries once its session was checked. */
export interface DashboardEnv {
  Variables: {
    /** Goes into every form; empty before sign-in. */
    formToken: string;
    /** The API token that the session came of. */
    tokenId: string;
  };
}
