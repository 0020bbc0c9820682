/** `good`: as it should be; `notice`: worth knowing, nothing has to be done; `problem`: somebody has to do something. */
type Level = "good" | "notice" | "problem";

/** One thing that the doctor has to say. */
export interface Finding {
  readonly level: Level;
  /** Stable: made for scripts. */
  readonly code: string;
  readonly text: string;
  /** What to do, as a sentence; null when there is nothing to be done. */
  readonly remedy: string | null;
}

/** What is said of one thing: the settings, the service, an account, the subscriptions. */
export interface Section {
  readonly title: string;
  /** The id of the account that it is about; null for anything else. */
  readonly account: string | null;
  readonly findings: readonly Finding[];
}

export function good(code: string, text: string): Finding {
  return { level: "good", code, text, remedy: null };
}

export function notice(code: string, text: string, remedy: string | null = null): Finding {
  return { level: "notice", code, text, remedy };
}

export function problem(code: string, text: string, remedy: string | null = null): Finding {
  return { level: "problem", code, text, remedy };
}

/** A text that others wrote, as the end of a sentence. */
export function quoted(text: string): string {
  return text.trim().replace(/\.$/, "");
}
