/** `good`: as it should be; `notice`: worth knowing, nothing has to be done; `problem`: somebody has to do something. */
export const levels = ["good", "notice", "problem"] as const;
export type Level = (typeof levels)[number];

/** One thing that was looked at, and what is to be said of it. */
export interface Finding {
  readonly level: Level;
  /** Stable: made for scripts. */
  readonly code: string;
  readonly text: string;
  /** What to do, as a sentence; null when there is nothing to be done. */
  readonly remedy: string | null;
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
