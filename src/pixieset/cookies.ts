import { Cookie, CookieJar, type SerializedCookieJar } from "tough-cookie";
import { type PastedCookie, parsePasted } from "./cookie-formats.js";

/** Where the two APIs are, with their base paths. */
export interface UpstreamHosts {
  readonly galleryUrl: string;
  readonly studioUrl: string;
}

/** A session as it is kept, encrypted, by the store. */
export interface StoredSession {
  /** The whole cookie jar, as JSON. */
  readonly cookies: string;
  /** The user agent of the browser that the cookies came from. */
  readonly userAgent: string | null;
}

export type ImportOutcome =
  | { readonly kind: "imported"; readonly session: StoredSession }
  /** Nothing usable was pasted; the reason is a sentence that says what to do. */
  | { readonly kind: "unreadable"; readonly reason: string };

// The browser has already judged these cookies: prefixes and public suffixes are not checked again.
const jarOptions = {
  rejectPublicSuffixes: false,
  looseMode: true,
  prefixSecurity: "unsafe-disabled",
} as const;
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|::1)$/;

/** An empty jar. */
export function emptyJar(): CookieJar {
  return new CookieJar(undefined, jarOptions);
}

/** Reads a jar back from `serializeJar`'s text. Throws when it is not a jar. */
export function parseJar(text: string): CookieJar {
  const stored = JSON.parse(text) as SerializedCookieJar;
  return CookieJar.deserializeSync({ ...stored, ...jarOptions });
}

export function serializeJar(jar: CookieJar): string {
  return JSON.stringify(jar.serializeSync());
}

function put(
  jar: CookieJar,
  url: URL,
  cookie: PastedCookie,
  placed: { domain?: string; path: string },
): void {
  const made = new Cookie({
    key: cookie.name,
    value: cookie.value,
    httpOnly: cookie.httpOnly,
    secure: cookie.secure && url.protocol === "https:",
    ...placed,
    ...(cookie.expires === null ? {} : { expires: new Date(cookie.expires) }),
  });
  jar.setCookieSync(made, url.href, { ignoreError: true });
}

/** Puts a cookie on every host that it is for. False: it is of another site, and left out. */
function place(jar: CookieJar, cookie: PastedCookie, gallery: URL, studio: URL): boolean {
  const both = [gallery, studio];
  const { domain, hostOnly, path } = cookie;
  const where = { path, ...(hostOnly || domain === null ? {} : { domain }) };
  const onto = (targets: readonly URL[], placed: { domain?: string; path: string }) => {
    for (const url of targets) put(jar, url, cookie, placed);
    return targets.length > 0;
  };
  if (domain === null) return onto(both, { path: "/" });
  // This machine has many names; a cookie for one is for the others.
  if (loopback.test(domain))
    return onto(
      both.filter(({ hostname }) => loopback.test(hostname)),
      { path },
    );
  const covered = both.filter(
    ({ hostname }) => hostname === domain || (!hostOnly && hostname.endsWith(`.${domain}`)),
  );
  if (covered.length > 0) return onto(covered, where);
  if (domain !== "pixieset.com" && !domain.endsWith(".pixieset.com")) return false;
  // Of Pixieset's other hosts, such as the login: kept, and sent only there.
  if (both.some(({ hostname }) => hostname.endsWith("pixieset.com"))) {
    return onto([new URL(`https://${domain}/`)], where);
  }
  // The configured hosts stand in for Pixieset's: galleries.* for one, studio.* for the other, the rest for both.
  if (/^galler(y|ies)\./.test(domain)) return onto([gallery], { path: "/" });
  return onto(domain.startsWith("studio.") ? [studio] : both, { path: "/" });
}

function problemOf(cookie: PastedCookie): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\x00-\x1f\x7f]/.test(cookie.name + cookie.value)) {
    return "A cookie holds a line break or another control character: copy the cookies again, in one piece.";
  }
  if (/[\s=;,"]/.test(cookie.name) || cookie.value.includes(";")) {
    return "A cookie has a name or value that no browser sends: copy the cookies again, in one piece.";
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of what a header can carry
  if (/[^\x00-\xff]/.test(cookie.name + cookie.value)) {
    return "A cookie holds characters that no header can carry, such as an ellipsis: it was probably cut short by the tool it was copied from.";
  }
  return null;
}

/** A user agent, if it is one that a header can carry. */
export function sendable(userAgent: string | null): string | null {
  return userAgent && /^[\x20-\x7e]{1,500}$/.test(userAgent) ? userAgent : null;
}

/**
 * Reads a session that a person pasted: a Cookie header, a Netscape cookies.txt, a browser's JSON export or a
 * request copied as cURL. A bare header, and cURL, is for both hosts. An export from pixieset.com is laid onto
 * the configured hosts when these are elsewhere. Cookies of other sites are left out; of Pixieset's, all stay.
 */
export function importCookies(text: string, hosts: UpstreamHosts): ImportOutcome {
  const unreadable = (reason: string): ImportOutcome => ({ kind: "unreadable", reason });
  const pasted = parsePasted(text);
  if (typeof pasted === "string") return unreadable(pasted);
  if (pasted.cookies.length === 0) {
    return unreadable(
      "No cookies were found: paste a Cookie header (name=value; name=value), a cookies.txt, a JSON export, or a request copied as cURL.",
    );
  }
  const jar = emptyJar();
  const gallery = new URL(hosts.galleryUrl);
  const studio = new URL(hosts.studioUrl);
  let placed = 0;
  for (const cookie of pasted.cookies) {
    const problem = problemOf(cookie);
    const foreign = cookie.domain !== null && !place(emptyJar(), cookie, gallery, studio);
    if (foreign) continue;
    if (problem) return unreadable(problem);
    place(jar, cookie, gallery, studio);
    placed++;
  }
  if (placed === 0) {
    return unreadable(
      `None of these cookies is for Pixieset: open ${gallery.host} while logged in, and export its cookies.`,
    );
  }
  const usable = [gallery, studio].some((url) => jar.getCookiesSync(url.href).length > 0);
  if (!usable) {
    return unreadable(
      "These cookies have run out, or are for neither of the hosts: log in again and copy fresh ones.",
    );
  }
  return { kind: "imported", session: { cookies: serializeJar(jar), userAgent: sendable(pasted.userAgent) } };
}
