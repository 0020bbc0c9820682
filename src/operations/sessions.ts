import type { Gate, UpstreamFailure } from "../domain/upstream.js";
import type { Login, OpenedSession } from "../pipeline/parts.js";
import type { UpstreamClient } from "../pixieset/client.js";
import { importCookies, type StoredSession, sendable, type UpstreamHosts } from "../pixieset/cookies.js";
import { createServerFetcher } from "../pixieset/server-fetcher.js";
import { createUpstream, login } from "../pixieset/session.js";
import type { Refusal } from "../services/shared.js";
import type { SessionOpener } from "./accounts.js";

/** What somebody is told whose session was not taken; `remedy` says what to do when Pixieset does not accept it. */
export function refusalOf(
  failure: UpstreamFailure,
  remedy = "Sign in with your browser and copy its cookies again.",
): Refusal {
  const away = failure.kind === "transient" || failure.kind === "rate_limited" || failure.kind === "aborted";
  const detail = away
    ? `Pixieset could not be asked about this session: ${failure.reason}. Try again in a minute.`
    : `Pixieset does not accept this session: ${failure.reason}. ${remedy}`;
  return { kind: "refused", code: away ? "upstream_unreachable" : "session_rejected", detail };
}

/** Probes a session before anything of it is stored. */
async function probe(
  client: UpstreamClient,
  found: StoredSession,
  gate: Gate,
): Promise<OpenedSession | UpstreamFailure> {
  let session = found;
  const keeper = {
    loadSession: async () => session,
    saveSession: async (renewed: StoredSession) => {
      session = renewed;
    },
  };
  const upstream = createUpstream({ fetcher: createServerFetcher(client, keeper) });
  const outcome = await upstream.probe(gate);
  return outcome.kind === "active" ? { kind: "active", jar: session, user: outcome.user } : outcome;
}

/** The form login; null where no address for it is set. */
export function createLogin(client: UpstreamClient, loginUrl: string | null): Login | null {
  if (loginUrl === null) return null;
  return async (credentials, gate) => {
    if (!(await gate.enter())) return { kind: "aborted", reason: "it did not answer in time" };
    const entered = await login({ client, ...credentials, loginUrl, signal: gate.signal });
    const isIn = entered.kind === "logged_in";
    await gate.heard?.(isIn ? { kind: "ok", limit: null } : { ...entered, limit: null });
    if (entered.kind !== "logged_in") return entered;
    const probed = await probe(client, entered.session, gate);
    // A probe that the upstream does not understand says nothing about the credentials.
    return probed.kind === "rejected" ? { ...probed, kind: "shape_changed" } : probed;
  };
}

/** What a companion's user is told. */
export const signInAgain = "Sign in to Pixieset in this browser.";
const noCookies = `This browser has no cookies of Pixieset. ${signInAgain}`;

/** Tries out what a person, or a companion, hands over. */
export function createSessionOpener(
  client: UpstreamClient,
  hosts: UpstreamHosts,
  enter: Login | null,
): SessionOpener {
  const judged = (outcome: OpenedSession | UpstreamFailure, remedy?: string) =>
    outcome.kind === "active" ? outcome : refusalOf(outcome, remedy);
  return {
    async open(input, gate) {
      if ("cookies" in input) {
        const imported = importCookies(input.cookies, hosts);
        if (imported.kind === "imported") return judged(await probe(client, imported.session, gate));
        return { kind: "refused", code: "session_unreadable", detail: imported.reason };
      }
      if (enter) return judged(await enter(input, gate));
      const detail = "Login by password is not set up: set PIXIESET_LOGIN_URL, or hand over cookies instead.";
      return { kind: "refused", code: "login_not_configured", detail };
    },
    async openHanded(cookies, userAgent, gate) {
      if (cookies.length === 0) return { kind: "refused", code: "session_unreadable", detail: noCookies };
      // As a browser's export that does not say when its cookies end.
      const imported = importCookies(JSON.stringify(cookies), hosts);
      if (imported.kind !== "imported") {
        return { kind: "refused", code: "session_unreadable", detail: imported.reason };
      }
      const session = { ...imported.session, userAgent: sendable(userAgent) };
      return judged(await probe(client, session, gate), signInAgain);
    },
  };
}
