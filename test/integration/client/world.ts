/** What the program has to know of the service and of the studio that it watches. */
export interface World {
  readonly url: string;
  readonly token: string;
  readonly cookies: string;
  readonly webhookUrl: string;
  /** Sees each answer. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Lets clients of the studio favorite some photos. */
  addFavorites(count: number): void;
  /** The unsubscribe link in the next mail. */
  unsubscribeLink(): Promise<string>;
}
