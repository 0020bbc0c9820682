import { setTimeout as sleep } from "node:timers/promises";
import type { Account, SessionState } from "../domain/account.js";
import type { HandedCookie } from "../domain/companion.js";
import { unprovenFor } from "../domain/session.js";
import type { Gate } from "../domain/upstream.js";
import type { Parts, UpstreamParts } from "../pipeline/parts.js";
import type { CompanionEntry, CompanionService } from "../services/companions.js";
import type { Refusal } from "../services/shared.js";
import type { StoredJar } from "../store/accounts.js";
import type { SessionOpener } from "./accounts.js";
import { putInPlace, tryInTurn } from "./session-trial.js";
import { refusalOf, signInAgain } from "./sessions.js";

interface HandOverParts extends Pick<UpstreamParts, "upstreamFor"> {
  readonly sessions: Pick<SessionOpener, "openHanded">;
  readonly state: CompanionService["state"];
  isPaired(entry: CompanionEntry): Promise<boolean>;
}

/** A session that works; its jar where the cookies were handed over. */
interface Opened {
  readonly kind: "active";
  readonly user: SessionState["user"];
  readonly jar?: StoredJar;
}

const remedies = {
  server: "The server reads this account now, with the cookies of this browser: hand them over.",
  browser: "This browser reads the account now, and its cookies stay in it: hand over none.",
};

/** How long (ms) one that hands over nothing is waited for: it comes for pages at about the same time. */
const comesWithinMs = 3_000;

/** Takes sessions from browsers. */
export function createHandOver(
  parts: Parts,
  { sessions, upstreamFor, state, isPaired }: HandOverParts,
): Pick<CompanionService, "handOver"> {
  const { store, log, now } = parts;

  async function open(
    account: Account,
    companion: string,
    handed: { readonly cookies: readonly HandedCookie[] | null; readonly userAgent: string | null },
    gate: Gate,
  ): Promise<Opened | Refusal> {
    if (handed.cookies) return sessions.openHanded(handed.cookies, handed.userAgent, gate);
    // This very browser: another one may be open in which nobody is signed in.
    const probed = await upstreamFor(account, companion).probe(gate);
    return probed.kind === "active" ? probed : refusalOf(probed, signInAgain);
  }

  async function waitForReader(id: string): Promise<void> {
    const until = performance.now() + comesWithinMs;
    while (performance.now() < until && !(await store.errands.isAttended(id))) await sleep(50);
  }

  function place(id: string, { kind: _, ...found }: Opened, cookies: readonly HandedCookie[] | null) {
    const refuses = (account: Account) => readByChanged(account, cookies) ?? ofNobody(account, found.user);
    return putInPlace(id, { by: "companion", ...found }, parts, refuses);
  }

  return {
    async handOver(entry, cookies, userAgent) {
      const { account: id } = entry;
      const account = await store.accounts.get(id);
      if (!account) return null;
      const changed = readByChanged(account, cookies);
      if (changed) return changed;
      // Nothing is handed over, so there is nothing to be tried.
      if (!cookies && account.session.status === "active") return state(entry);
      const startedAt = now();
      if (!cookies) await waitForReader(id);
      const opened = await tryInTurn(id, account, parts, (gate) =>
        open(account, entry.companion.id, { cookies, userAgent }, gate),
      );
      if (!(await isPaired(entry))) return null;
      // Before anybody polls again: in another browser nobody may be signed in.
      if (!cookies && opened.kind === "active") await store.errands.prefer(id, entry.companion.id);
      const outcome = opened.kind === "refused" ? opened : await place(id, opened, cookies);
      const facts = { account: id, companion: entry.companion.id, durationMs: now() - startedAt };
      const said = outcome?.kind === "refused" ? outcome.code : (outcome?.kind ?? "gone");
      log.info({ ...facts, outcome: said }, "session handed over");
      return outcome?.kind === "refused" ? outcome : outcome && state(entry);
    },
  };
}

/** Nobody watches over a hand-over: a session that does not say whose it is will not do where that is known. */
function ofNobody({ session }: Account, user: SessionState["user"]): Refusal | null {
  const watched = unprovenFor(session.user, user);
  if (watched === null) return null;
  const detail = `This session does not say whose it is, and this account watches ${watched}: sign in to Pixieset Galleries as that in this browser.`;
  return { kind: "refused", code: "session_of_another", detail };
}

/** Cookies are for the server, and nothing else is for the browser. */
function readByChanged({ readBy }: Account, cookies: readonly HandedCookie[] | null): Refusal | null {
  if ((cookies === null) === (readBy === "browser")) return null;
  return { kind: "refused", code: "read_by_changed", detail: remedies[readBy] };
}
