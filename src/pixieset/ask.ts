import type { Gate, Heard } from "../domain/upstream.js";
import type { Fetcher, Fetching } from "./fetcher.js";
import type { Glance } from "./get-page.js";
import { type Host, hostNames, urlOf } from "./hosts.js";
import { toldLimit } from "./limits.js";
import { classify, type GoodAnswer, isPlain, type Refused } from "./outcome.js";
import { hashOfText } from "./read-memory.js";
import { conditionsOf, speaksOf, type Validators, validatorsOf } from "./validators.js";

/** Asks one GET after another with one session. */
export interface Asker {
  /** Whether there is anything to show to this host. */
  knows(host: Host): boolean;
  /** Stands for the session: the same text as long as nobody renewed or replaced it. */
  session(): string;
  ask(host: Host, path: string): Promise<GoodAnswer | Refused>;
  /**
   * For what was asked before: of an answer that is known at a glance only the rest is looked at. With validators it
   * is only wanted if it is another one.
   */
  askAgain(host: Host, path: string, glance: Glancing, known: Validators | null): Promise<Told>;
}

type Glancing = (hash: string, text: string) => Glance;

/**
 * `same`: the bytes are known to be a good answer, and were not looked at. `unmodified`: they are the ones that the
 * validators came with, and were not sent again.
 */
type Told =
  | (GoodAnswer & {
      readonly hash: string;
      readonly text: string;
      readonly validators: Validators | null;
      readonly isShort: boolean;
      whole(): GoodAnswer | Refused;
    })
  | { readonly kind: "same"; readonly hash: string; readonly validators: Validators | null }
  | { readonly kind: "unmodified" }
  | Refused;

/** Whether a redirect only spells the same address with or without a slash at its end. */
function respelled(location: string | undefined, url: URL): string | null {
  if (location === undefined || !URL.canParse(location, url.href)) return null;
  const target = new URL(location, url);
  const same = target.origin === url.origin && target.pathname !== url.pathname;
  const bare = (path: string) => path.replace(/\/+$/, "");
  return same && bare(target.pathname) === bare(url.pathname) ? target.pathname : null;
}

/** An asker over the account's session; null when there is none. */
export async function openSession(fetcher: Fetcher, gate: Gate): Promise<Asker | null> {
  const fetching = await fetcher.begin();
  return fetching && createAsker(fetcher, fetching, gate);
}

function createAsker(fetcher: Fetcher, fetching: Fetching, gate: Gate): Asker {
  async function once(host: Host, path: string, known: Validators | null) {
    if (!(await gate.enter())) return { kind: "aborted", reason: "Told to stop" } as const;
    const conditions = known ? { conditions: conditionsOf(known) } : {};
    return fetching.get({ host, path, signal: gate.signal, ...conditions });
  }

  /** With redirects that only spell the address otherwise. */
  async function get(host: Host, path: string, known: Validators | null) {
    const answer = await once(host, path, known);
    if (answer.kind === "answer" && answer.status >= 300 && answer.status < 400) {
      const url = urlOf(fetcher, host, path);
      const target = respelled(answer.headers.location, url);
      const prefix = urlOf(fetcher, host, "/").pathname.replace(/\/+$/, "");
      if (target?.startsWith(`${prefix}/`)) {
        return once(host, target.slice(prefix.length) + url.search, known);
      }
    }
    return answer;
  }

  async function askAgain(
    host: Host,
    path: string,
    glance: Glancing,
    sent: Validators | null,
  ): Promise<Told> {
    type Said = Pick<Heard, "kind" | "afterMs">;
    const hear = async ({ kind, afterMs = null }: Said, headers: Readonly<Record<string, string>>) => {
      const limit = toldLimit(headers, fetcher.now());
      await gate.heard?.({ kind, afterMs, limit: limit && { by: host, ...limit } });
    };
    let answer = await get(host, path, sent);
    if (answer.kind === "answer" && sent && isPlain(answer, 304)) {
      await hear({ kind: "ok" }, answer.headers);
      if (speaksOf(sent, answer.headers)) return { kind: "unmodified" };
      // What it calls unmodified is something else than what is known here.
      answer = await get(host, path, null);
    }
    if (answer.kind === "aborted") return { ...answer };
    if (answer.kind !== "answer") {
      await gate.heard?.({ kind: answer.kind, limit: null });
      return answer.kind === "shape_changed"
        ? { ...answer }
        : { kind: "transient", reason: answer.reason, afterMs: null };
    }
    const now = fetcher.now();
    const text = answer.body;
    const hash = hashOfText(text);
    const validators = validatorsOf(answer.headers);
    // What status or headers say against an answer is said whatever its text.
    const known = isPlain(answer) ? glance(hash, text) : null;
    if (known?.kind === "same") {
      await hear({ kind: "ok" }, answer.headers);
      return { kind: "same", hash, validators };
    }
    const raw = { ...answer, from: hostNames[host] };
    const whole = () => classify(raw, now);
    const short = known && classify({ ...raw, body: known.text }, now);
    const isShort = short?.kind === "ok";
    const outcome = isShort ? short : whole();
    await hear(outcome, answer.headers);
    if (outcome.kind !== "ok") return outcome;
    return { ...outcome, hash, text, validators, isShort, whole };
  }

  return {
    askAgain,
    async ask(host, path) {
      const told = await askAgain(host, path, () => null, null);
      if (told.kind === "same" || told.kind === "unmodified")
        throw new TypeError("Nothing is known, and yet it is the same");
      return told;
    },
    knows: fetching.knows,
    session: fetching.session,
  };
}
