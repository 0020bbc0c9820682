import { api } from "./api.js";
import type { HandedCookie } from "./protocol.js";

/** What the browser would send to the two hosts, and what it is known by. */
export interface Jar {
  readonly cookies: readonly HandedCookie[];
  readonly hash: string;
  /** Of the names alone, and where they belong. */
  readonly names: string;
}

// Cookies that sites of Cloudflare keep for visits to Pixieset's own pages only.
const ownPages = { topLevelSite: "https://pixieset.com" };

async function sentTo(base: URL): Promise<chrome.cookies.Cookie[]> {
  const url = `${base.href.replace(/\/+$/, "")}/`;
  const [plain, partitioned] = await Promise.all([
    api.cookies.getAll({ url }),
    api.cookies.getAll({ url, partitionKey: ownPages }).catch(() => []),
  ]);
  return [...plain, ...partitioned];
}

const placeOf = ({ name, domain, path }: Pick<HandedCookie, "name" | "domain" | "path">) =>
  JSON.stringify([domain, path, name]);

async function hashOf(lines: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(lines.join("\n"));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The cookies of the default store for these addresses; null when there are none. */
export async function readJar(bases: readonly URL[]): Promise<Jar | null> {
  const found = (await Promise.all(bases.map(sentTo))).flat();
  const byPlace = new Map<string, HandedCookie>();
  for (const { name, value, domain, hostOnly, path, secure, httpOnly } of found) {
    const cookie = { name, value, domain: domain.replace(/^\./, ""), hostOnly, path, secure, httpOnly };
    const place = placeOf(cookie);
    if (!byPlace.has(place)) byPlace.set(place, cookie);
  }
  if (byPlace.size === 0) return null;
  const places = [...byPlace.keys()].sort();
  const cookies = [...byPlace.values()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  return {
    cookies,
    hash: await hashOf(cookies.map((cookie) => JSON.stringify(cookie))),
    names: await hashOf(places),
  };
}
