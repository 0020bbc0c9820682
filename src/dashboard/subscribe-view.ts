import type { Account } from "../domain/account.js";
import type { PixiehookEvent } from "../domain/event.js";
import type { Subscription } from "../domain/subscription.js";
import type { KnownCollection } from "./collections.js";
import type { FormToken } from "./parts/form.js";
import type { PreviewView } from "./preview.js";
import type { DraftProblems, SubscriptionDraft } from "./subscription-draft.js";

/** What the form for a subscription is made of. */
export interface SubscribeView {
  readonly draft: SubscriptionDraft;
  readonly problems: DraftProblems;
  readonly accounts: readonly Account[];
  readonly collections: readonly KnownCollection[];
  /** The subscription that is changed; null for a new one. */
  readonly stored: Subscription | null;
  /** Whether the first visit leads through here. */
  readonly isFirst: boolean;
  readonly preview: PreviewView;
  readonly describe: (event: PixiehookEvent) => string;
  readonly form: FormToken;
  readonly now: Date;
}
