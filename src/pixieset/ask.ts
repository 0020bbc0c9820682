import type { CookieJar } from "tough-cookie";
import type { Gate, Heard } from "../domain/upstream.js";
import { type Host, hostNames, type UpstreamClient } from "./client.js";
import { parseJar, type StoredSession, serializeJar } from "./cookies.js";
import type { Glance } from "./get-page.js";
import { toldLimit } from "./limits.js";
import { classify, type GoodAnswer, isPlain, type Refused } from "./outcome.js";
import { hashOfText } from "./read-memory.js";

export interface SessionKeeper {
  readonly client: UpstreamClient;
  /** The stored session of the account; null when there is none. */
  loadSession(): Promise<StoredSession | null>;
  /** Stores a session whose cookies the upstream renewed. `before` is what was loaded: a session that a person
   * has stored since must not be overwritten. */
  saveSession(session: StoredSession, before: StoredSession): Promise<void>;
}

/** Asks one GET after another with one session, and keeps its cookies. */
export interface Asker {
  /** Whether the jar has any cookie for this host. */
  knows(host: Host): boolean;
  /** The session as it is stored now: the same text as long as nobody renewed or replaced it. */
  session(): string;
  ask(host: Host, path: string): Promise<GoodAnswer | Refused>;
  /** For what was asked before: of an answer that is known at a glance only the rest is looked at. */
  askAgain(host: Host, path: string, glance: (hash: string, text: string) => Glance): Promise<Told>;
}

/** `same`: the bytes are known to be a good answer, and were not looked at. */
type Told =
  | (GoodAnswer & {
      readonly hash: string;
      readonly text: string;
      readonly isShort: boolean;
      whole(): GoodAnswer | Refused;
    })
  | { readonly kind: "same"; readonly hash: string }
  | Refused;

/** Whether a redirect only spells the same address with or without a slash at its end. */
function respelled(location: string | undefined, url: URL): string | null {
  if (location === undefined || !URL.canParse(location, url.href)) return null;
  const target = new URL(location, url);
  const same = target.origin === url.origin && target.pathname !== url.pathname;
  const bare = (path: string) => path.replace(/\/+$/, "");
  return same && bare(target.pathname) === bare(url.pathname) ? target.pathname : null;
}

/** An asker over the stored session; null when there is none, or it cannot be read. */
export async function openSession(keeper: SessionKeeper, gate: Gate): Promise<Asker | null> {
  const { client } = keeper;
  let stored = await keeper.loadSession();
  if (!stored) return null;
  let jar: CookieJar;
  try {
    jar = parseJar(stored.cookies);
  } catch {
    return null;
  }
  const { userAgent } = stored;
  const base = (host: Host) =>
    (host === "gallery" ? client.galleryUrl : client.studioUrl).replace(/\/+$/, "");

  async function once(host: Host, path: string) {
    if (!(await gate.enter())) return { kind: "aborted", reason: "Told to stop" } as const;
    const answer = await client.get({ host, path, jar, userAgent, signal: gate.signal });
    if (answer.jarChanged && stored) {
      const renewed = { cookies: serializeJar(jar), userAgent };
      await keeper.saveSession(renewed, stored);
      stored = renewed;
    }
    return answer;
  }

  async function askAgain(
    host: Host,
    path: string,
    glance: (hash: string, text: string) => Glance,
  ): Promise<Told> {
    let answer = await once(host, path);
    if (answer.kind === "answer" && answer.status >= 300 && answer.status < 400) {
      const url = new URL(base(host) + path);
      const target = respelled(answer.headers.location, url);
      const prefix = new URL(base(host)).pathname.replace(/\/+$/, "");
      if (target?.startsWith(`${prefix}/`)) {
        answer = await once(host, target.slice(prefix.length) + url.search);
      }
    }
    if (answer.kind === "aborted") return { ...answer };
    if (answer.kind !== "answer") {
      await gate.heard?.({ kind: answer.kind, limit: null });
      return answer.kind === "shape_changed"
        ? { ...answer }
        : { kind: "transient", reason: answer.reason, afterMs: null };
    }
    const now = Date.now();
    const limit = toldLimit(answer.headers, now);
    const hear = ({ kind, afterMs = null }: Pick<Heard, "kind" | "afterMs">) =>
      gate.heard?.({ kind, afterMs, limit: limit && { by: host, ...limit } });
    const text = answer.body;
    const hash = hashOfText(text);
    // What status or headers say against an answer is said whatever its text.
    const known = isPlain(answer) ? glance(hash, text) : null;
    if (known?.kind === "same") {
      await hear({ kind: "ok" });
      return { kind: "same", hash };
    }
    const whole = () => classify({ ...answer, from: hostNames[host] }, now);
    const short = known && classify({ ...answer, body: known.text, from: hostNames[host] }, now);
    const isShort = short?.kind === "ok";
    const outcome = isShort ? short : whole();
    await hear(outcome);
    if (outcome.kind !== "ok") return outcome;
    return { ...outcome, hash, text, isShort, whole };
  }

  return {
    askAgain,
    async ask(host, path) {
      const told = await askAgain(host, path, () => null);
      if (told.kind === "same") throw new TypeError("Nothing is known, and yet it is the same");
      return told;
    },
    knows: (host) => jar.getCookiesSync(`${base(host)}/`).length > 0,
    session: () => stored?.cookies ?? "",
  };
}
