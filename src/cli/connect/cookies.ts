import { count } from "../../dashboard/format.js";
import { StartError, UsageError } from "../../errors.js";
import { formatOf, type PastedFormat, parsePasted } from "../../pixieset/cookie-formats.js";
import { readGiven } from "../file.js";
import { askHidden } from "../prompt/hidden.js";
import { readInput } from "../prompt/input.js";
import type { Typed } from "../prompt/typed.js";
import type { Terminal } from "../terminal.js";

export const question = `Paste the cookies of a browser that is signed in to Pixieset, and press Enter:
a Cookie header, a “Copy as cURL”, a cookies.txt or a JSON export.
Nothing of it is shown. An empty line or Ctrl+D ends a paste that goes on.
> `;
const questionAgain = "Paste other ones, then press Enter; Ctrl+C ends this.\n> ";

/** Whether all of a paste has come, when Enter was the last key. */
export function isWholePaste({ text, hasPaste }: Pick<Typed, "text" | "hasPaste">): boolean {
  const paste = text.trim();
  if (paste === "" || hasPaste || /\n[ \t]*\n$/.test(text)) return true;
  const format = formatOf(paste);
  if (format === "curl") return !/[\\^]$/.test(paste);
  if (format === "json") return isJson(paste);
  return format === "header" && !paste.includes("\n") && /^(cookie:\s*)?[^\s=;]+=/i.test(paste);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether an argument is what nobody should write there: all who may list processes could read it. */
export function looksLikeCookies(argument: string): boolean {
  return /^\s*(cookie:|curl\s|[[{])|[^\s=;]+=[^;]*;|[A-Za-z_][\w-]*=.{16}/i.test(argument);
}

/** Text that holds cookies, from where the options say. Throws `UsageError` that says how else to hand them over. */
export async function readCookies(
  file: string | undefined,
  input: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean },
  { keyboard, signal }: Terminal,
  isAgain = false,
): Promise<string> {
  if (file !== undefined && file !== "-") return (await readGiven("--cookies", file)).toString("utf8");
  if (input.isTTY !== true || file === "-") return readInput(input);
  if (keyboard)
    return askHidden(keyboard, {
      question: isAgain ? questionAgain : question,
      isWhole: isWholePaste,
      signal,
    });
  throw new UsageError("nobody can be asked for cookies here: give --cookies <file>, or pipe them in");
}

const names: Readonly<Record<PastedFormat, string>> = {
  curl: "a “Copy as cURL”",
  json: "a JSON export",
  netscape: "a cookies.txt",
  header: "a Cookie header",
};

/** What was recognised, without a value. Throws `StartError` that says what is wrong with it. */
export function recognise(text: string): string {
  const pasted = parsePasted(text);
  if (typeof pasted === "string") throw new StartError(`No cookies were read. ${pasted}`);
  if (pasted.cookies.length === 0)
    throw new StartError(
      "No cookies were found in it: hand over a Cookie header (name=value; name=value), a cookies.txt, a JSON export, or a request copied as cURL.",
    );
  return `Read ${count(pasted.cookies.length, "cookie")} from ${names[formatOf(text)]}.`;
}
