import { isJsonObject, type JsonObject, type JsonValue } from "../domain/json.js";
import { parseCurl } from "./curl.js";

/** A cookie as a person's browser told it. */
export interface PastedCookie {
  readonly name: string;
  readonly value: string;
  /** Without a leading dot; null when the format does not say: the cookie is for every host. */
  readonly domain: string | null;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  /** Milliseconds; null for a session cookie. */
  readonly expires: number | null;
}

export interface Pasted {
  readonly cookies: readonly PastedCookie[];
  readonly userAgent: string | null;
}

/** A sentence that says what is wrong and what to do. */
export type Unreadable = string;

const plain = { domain: null, hostOnly: true, path: "/", httpOnly: false, secure: false, expires: null };

/** The pairs of a Cookie header. Pieces without `=` are left out. */
function fromHeader(header: string): PastedCookie[] {
  return header.split(";").flatMap((piece) => {
    const at = piece.indexOf("=");
    const name = piece.slice(0, at).trim();
    return at < 0 || name === "" ? [] : [{ ...plain, name, value: piece.slice(at + 1).trim() }];
  });
}

function epochMs(value: JsonValue | undefined): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) {
    if (number <= 0) return null;
    return number > 1e11 ? number : number * 1_000;
  }
  const parsed = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

/** Netscape's cookies.txt: domain, subdomains, path, secure, expiry, name, value, with tabs between. */
function fromNetscape(text: string): PastedCookie[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const httpOnly = line.startsWith("#HttpOnly_");
    const fields = (httpOnly ? line.slice("#HttpOnly_".length) : line).split("\t");
    const [domain, subdomains, path, secure, expires, name, ...value] = fields;
    if ((!httpOnly && line.startsWith("#")) || !domain || !name || fields.length < 6) return [];
    return [
      {
        name,
        value: value.join("\t"),
        domain: domain.trim().replace(/^\./, "").toLowerCase(),
        hostOnly: !/^true$/i.test(subdomains ?? "") && !domain.startsWith("."),
        path: path || "/",
        httpOnly,
        secure: /^true$/i.test(secure ?? ""),
        expires: epochMs(expires),
      },
    ];
  });
}

function fromJsonCookie(cookie: JsonObject): PastedCookie[] {
  const { name, value, domain, host, path, httpOnly, secure, hostOnly } = cookie;
  const where = typeof domain === "string" ? domain : typeof host === "string" ? host : null;
  if (typeof name !== "string" || name === "") return [];
  if (typeof value !== "string" && typeof value !== "number") return [];
  return [
    {
      name,
      value: String(value),
      domain: where ? where.trim().replace(/^\./, "").toLowerCase() : null,
      hostOnly: typeof hostOnly === "boolean" ? hostOnly : !where?.startsWith("."),
      path: typeof path === "string" && path.startsWith("/") ? path : "/",
      httpOnly: httpOnly === true,
      secure: secure === true,
      expires: epochMs(cookie.expirationDate ?? cookie.expires ?? cookie.expiry),
    },
  ];
}

/** An array of cookies, `{cookies: […]}` (Playwright's storageState too), or an object of names and values. */
function fromJson(text: string): PastedCookie[] | Unreadable {
  let parsed: JsonValue;
  try {
    parsed = JSON.parse(text) as JsonValue;
  } catch {
    return "This begins like a JSON export but is not whole: copy the export again, from its first to its last bracket.";
  }
  const list = isJsonObject(parsed) && Array.isArray(parsed.cookies) ? parsed.cookies : parsed;
  if (Array.isArray(list)) return list.filter(isJsonObject).flatMap(fromJsonCookie);
  const pairs = Object.entries(isJsonObject(list) ? list : {});
  return pairs.flatMap(([name, value]) => (typeof value === "string" ? [{ ...plain, name, value }] : []));
}

function fromCurl(text: string): Pasted | Unreadable {
  const { cookies, userAgent } = parseCurl(text);
  const pairs = cookies.flatMap(fromHeader);
  if (pairs.length > 0) return { cookies: pairs, userAgent };
  return "This curl command carries no cookies: copy a request that was made while you were logged in.";
}

/** A Cookie header, alone or among the other headers of a copied request. */
function fromText(text: string): Pasted | Unreadable {
  const lines = text.split(/\r?\n/);
  const named = (name: RegExp) => lines.find((line) => name.test(line))?.replace(name, "") ?? null;
  const header = named(/^\s*cookie:\s*/i);
  const userAgent = named(/^\s*user-agent:\s*/i)?.trim() ?? null;
  const otherHeaders = lines.every((line) => /^\s*$|^[\w-]+:\s|^[A-Z]+ \S+ HTTP\//i.test(line.trimStart()));
  if (header !== null && (lines.length === 1 || otherHeaders)) {
    return { cookies: fromHeader(header), userAgent };
  }
  if (lines.length > 1) {
    return "This is text of several lines that is no known cookie format: paste a Cookie header in one line, a cookies.txt, a JSON export, or a request copied as cURL.";
  }
  return { cookies: fromHeader(text.replace(/^(["'])(.*)\1$/, "$2")), userAgent: null };
}

export type PastedFormat = "curl" | "json" | "netscape" | "header";

/** Which of the four formats it is in, by its content. */
export function formatOf(input: string): PastedFormat {
  const text = input.replace(/^\uFEFF/, "").trim();
  if (/^\$?\s*curl(\.exe)?\s/i.test(text)) return "curl";
  if (/^[[{]/.test(text)) return "json";
  const isNetscape =
    /^# (Netscape )?HTTP Cookie File/im.test(text) || /^\S+\t(TRUE|FALSE)\t\/.*\t/im.test(text);
  return isNetscape ? "netscape" : "header";
}

/** Tells the four formats apart and reads the cookies, unchecked. */
export function parsePasted(input: string): Pasted | Unreadable {
  const text = input.replace(/^\uFEFF/, "").trim();
  if (text === "") return "Nothing was pasted.";
  switch (formatOf(text)) {
    case "curl":
      return fromCurl(text.replace(/^\$\s*/, ""));
    case "json": {
      const cookies = fromJson(text);
      return typeof cookies === "string" ? cookies : { cookies, userAgent: null };
    }
    case "netscape":
      return { cookies: fromNetscape(text), userAgent: null };
    case "header":
      return fromText(text);
  }
}
