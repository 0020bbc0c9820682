import type { SessionInput } from "../../domain/account.js";
import { StartError, UsageError } from "../../errors.js";
import { askHidden } from "../prompt/hidden.js";
import { readInput } from "../prompt/input.js";
import { UnansweredError } from "../remote/client.js";
import { type OptionNames, refusalOf } from "../remote/refusal.js";
import type { Terminal } from "../terminal.js";
import { readCookies, recognise } from "./cookies.js";

/** Where a session comes from. */
export interface SessionOptions {
  /** A file, or `-`. */
  readonly cookies?: string;
  readonly email?: string;
  readonly passwordStdin?: boolean;
}

export type Input = AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };

/** How often a person is asked. */
const mostTries = 3;
/** Other cookies, or another password, may help. */
const personal = new Set<string | null>(["session_rejected", "session_unreadable"]);

/**
 * Hands a session over with `use`. A person who typed or pasted it is asked again where it does not work. Throws
 * `StartError` or `UsageError`.
 */
export async function withSession<T>(
  options: SessionOptions,
  input: Input,
  terminal: Terminal,
  names: OptionNames,
  use: (session: SessionInput) => Promise<T>,
): Promise<T> {
  const isAsked = input.isTTY === true && terminal.keyboard !== null && options.cookies === undefined;
  for (let left = isAsked ? mostTries : 1; ; left--) {
    try {
      const session = await readSession(options, input, terminal, left < mostTries);
      terminal.progress("Asking Pixieset whether it accepts this…");
      return await use(session);
    } catch (error) {
      const mayHelp =
        error instanceof StartError || (error instanceof UnansweredError && personal.has(error.code));
      const told = error instanceof UnansweredError ? refusalOf(error, names) : error;
      if (!mayHelp || left <= 1 || !(told instanceof Error)) throw told;
      terminal.progress("");
      terminal.note(`${told.message}\n`);
    } finally {
      terminal.progress("");
    }
  }
}

async function readSession(
  options: SessionOptions,
  input: Input,
  terminal: Terminal,
  isAgain: boolean,
): Promise<SessionInput> {
  const { email } = options;
  if (email !== undefined) return { email, password: await readPassword(options, input, terminal) };
  const cookies = await readCookies(options.cookies, input, terminal, isAgain);
  terminal.note(recognise(cookies));
  return { cookies };
}

async function readPassword(
  { email, passwordStdin }: SessionOptions,
  input: Input,
  { keyboard, signal }: Terminal,
): Promise<string> {
  if (!passwordStdin && !keyboard)
    throw new UsageError("nobody can be asked for the password here: give --password-stdin, and pipe it in");
  const typed =
    passwordStdin || !keyboard
      ? await readInput(input)
      : await askHidden(keyboard, { question: `Password of ${email}: `, isWhole: () => true, signal });
  const [password = ""] = typed.split(/\r?\n/, 1);
  if (password === "") throw new StartError("There is no password.");
  return password;
}
