import type { Vault } from "../store/secrets.js";

/** Links in mails that take one recipient off one subscription, without a login. */
export interface UnsubscribeLinks {
  urlFor(subscription: string, recipient: string): string;
  /** The recipient that a token names; null when it is not one of ours. */
  recipientOf(subscription: string, token: string): string | null;
}

/** The token is the recipient, sealed for this subscription: it can be neither read nor made by others. */
export function createUnsubscribeLinks(vault: Vault, publicUrl: string): UnsubscribeLinks {
  const purpose = (subscription: string) => `unsubscribe:${subscription}`;
  return {
    urlFor: (subscription, recipient) =>
      `${publicUrl}/unsubscribe/${subscription}/${vault.seal(recipient, purpose(subscription))}`,
    recipientOf(subscription, token) {
      try {
        return vault.open(token, purpose(subscription));
      } catch {
        // An altered or outdated link is a stranger's mistake, not ours.
        return null;
      }
    },
  };
}
