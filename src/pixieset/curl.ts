/** What a pasted "Copy as cURL" says of the browser's session. */
export interface CurlCommand {
  readonly cookies: readonly string[];
  readonly userAgent: string | null;
}

const ansiEscapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  v: "\v",
};

/** Reads `$'…'` from after its opening quote: the text, and where it ends. */
function ansiQuoted(text: string, from: number): { value: string; end: number } {
  let value = "";
  let at = from;
  while (at < text.length && text[at] !== "'") {
    if (text[at] !== "\\") {
      value += text[at++];
      continue;
    }
    const coded = /^\\(?:u([0-9a-f]{4})|x([0-9a-f]{2}))/i.exec(text.slice(at, at + 6));
    if (coded) {
      value += String.fromCharCode(Number.parseInt(coded[1] ?? coded[2] ?? "", 16));
      at += coded[0].length;
    } else {
      const escaped = text[at + 1] ?? "";
      value += ansiEscapes[escaped] ?? escaped;
      at += 2;
    }
  }
  return { value, end: at + 1 };
}

function doubleQuoted(text: string, from: number): { value: string; end: number } {
  let value = "";
  let at = from;
  while (at < text.length && text[at] !== '"') {
    const next = text[at + 1] ?? "";
    if (text[at] === "\\" && '"\\$`'.includes(next) && next !== "") {
      value += next;
      at += 2;
    } else {
      value += text[at++];
    }
  }
  return { value, end: at + 1 };
}

/** Splits a shell command into words: bash quoting, and what is left of cmd's once its carets are gone. */
function words(text: string): string[] {
  const found: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (/\s/.test(char)) {
      if (word !== null) found.push(word);
      word = null;
      at++;
    } else if (char === "\\" && /\r|\n/.test(text[at + 1] ?? "")) {
      at += text.startsWith("\r\n", at + 1) ? 3 : 2;
    } else if (char === "$" && text[at + 1] === "'") {
      const { value, end } = ansiQuoted(text, at + 2);
      word = (word ?? "") + value;
      at = end;
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1);
      word = (word ?? "") + text.slice(at + 1, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end + 1;
    } else if (char === '"') {
      const { value, end } = doubleQuoted(text, at + 1);
      word = (word ?? "") + value;
      at = end;
    } else if (char === "\\") {
      word = (word ?? "") + (text[at + 1] ?? "");
      at += 2;
    } else {
      word = (word ?? "") + char;
      at++;
    }
  }
  if (word !== null) found.push(word);
  return found;
}

/** cmd writes `^"` for a quote, `^` before other signs and at a line's end. */
function withoutCarets(text: string): string {
  const isCmd = /\^"|\^[ \t]*\r?\n/.test(text);
  return isCmd ? text.replace(/\^[ \t]*\r?\n/g, " ").replace(/\^([\s\S])/g, "$1") : text;
}

/** Takes the cookies and the user agent out of a curl command as Chrome, Edge, Firefox and Safari copy it. */
export function parseCurl(command: string): CurlCommand {
  const parts = words(withoutCarets(command));
  const cookies: string[] = [];
  let userAgent: string | null = null;
  for (let index = 1; index < parts.length; index++) {
    const part = parts[index] ?? "";
    const glued = /^(-[HbA])(?=.)|^(--header|--cookie|--user-agent)=/.exec(part);
    const flag = glued?.[1] ?? glued?.[2] ?? part;
    if (!/^(-[HbA]|--header|--cookie|--user-agent)$/.test(flag)) continue;
    const value = (glued ? part.slice(glued[0].length) : (parts[++index] ?? "")).trim();
    const header = /^([\w-]+):\s*([\s\S]*)$/.exec(value);
    if (flag === "-b" || flag === "--cookie") cookies.push(value);
    else if (flag === "-A" || flag === "--user-agent") userAgent = value;
    else if (/^cookie$/i.test(header?.[1] ?? "")) cookies.push(header?.[2] ?? "");
    else if (/^user-agent$/i.test(header?.[1] ?? "")) userAgent = header?.[2] ?? null;
  }
  return { cookies, userAgent };
}
