import type { Finding } from "../../domain/finding.js";

export { type Finding, good, notice, problem, quoted } from "../../domain/finding.js";

/** What is said of one thing: the settings, the service, an account, the subscriptions. */
export interface Section {
  readonly title: string;
  /** The id of the account that it is about; null for anything else. */
  readonly account: string | null;
  readonly findings: readonly Finding[];
}
