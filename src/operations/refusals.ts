import type { Refusal } from "../services/shared.js";

/** For whoever asks to send something to a subscription that is off. */
export function whileDisabled(subscription: string): Refusal {
  const detail = `Nothing is sent to ${subscription} while it is disabled: PATCH it with enabled: true, then ask again.`;
  return { kind: "refused", code: "subscription_disabled", detail };
}
