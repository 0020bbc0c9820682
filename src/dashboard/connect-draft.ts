import { type AccountInput, accountInputSchema } from "../domain/account.js";
import type { Refusal } from "../services/shared.js";

/** What was typed into the form that connects an account: all but the cookies, which no page shows again. */
export interface ConnectDraft {
  readonly name: string;
  readonly timezone: string;
}

/** What is wrong, by the field that it is about. */
export type ConnectProblems = Partial<Record<keyof ConnectDraft | "cookies", string>>;

export const emptyConnectDraft: ConnectDraft = { name: "", timezone: "UTC" };

/** Longer ones are not shown again: nobody typed them. */
const mostShown = 300;

const said: Readonly<Record<keyof ConnectProblems, string>> = {
  name: "Give it a name of at most 200 characters.",
  timezone: "There is no such time zone. Choose one of the list, such as Europe/London.",
  cookies: "Paste the cookies of your session: see below how to get them. Or connect with your browser.",
};

type Fields = Readonly<Record<string, unknown>>;
const textOf = (value: unknown) => (typeof value === "string" ? value.trim() : "");

/** What the form held, but the cookies. */
export function readConnectDraft({ name, timezone }: Fields): ConnectDraft {
  return {
    name: textOf(name).slice(0, mostShown),
    timezone: textOf(timezone).slice(0, mostShown) || "UTC",
  };
}

/** The account that the form asks for, or what is wrong with it. `by`: what hands over the session. */
export function checkConnect(
  draft: ConnectDraft,
  cookies: unknown,
  by: unknown,
): { readonly input: AccountInput } | { readonly problems: ConnectProblems } {
  const pasted = textOf(cookies);
  // Whoever pasted cookies has them tried, whichever button it was.
  const session = by === "companion" && pasted === "" ? undefined : { cookies: pasted };
  const input = accountInputSchema.safeParse({ ...draft, session });
  if (input.success) return { input: input.data };
  const fields = input.error.issues.map(({ path: [first] }) => (first === "session" ? "cookies" : first));
  const wrong = (Object.keys(said) as (keyof ConnectProblems)[]).filter((field) => fields.includes(field));
  return { problems: Object.fromEntries(wrong.map((field) => [field, said[field]])) };
}

/** A refusal, beside the cookies: whatever it is, it is about the session. */
export function problemsOfRefusal({ detail }: Refusal): ConnectProblems {
  return { cookies: detail };
}
