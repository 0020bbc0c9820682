import type { Gate, UpstreamFailure } from "../domain/upstream.js";
import type { Login, OpenedSession } from "../pipeline/parts.js";
import type { UpstreamClient } from "../pixieset/client.js";
import { importCookies, type StoredSession, type UpstreamHosts } from "../pixieset/cookies.js";
import { createServerFetcher } from "../pixieset/server-fetcher.js";
import { createUpstream, login } from "../pixieset/session.js";
import type { Refusal } from "../services/shared.js";
import type { SessionOpener } from "./accounts.js";

function refusalOf(failure: UpstreamFailure): Refusal {
  const away = failure.kind === "transient" || failure.kind === "rate_limited" || failure.kind === "aborted";
  const detail = away
    ? `Pixieset could not be asked about this session: ${failure.reason}. Try again in a minute.`
    : `Pixieset does not accept this session: ${failure.reason}. Sign in with your browser and copy its cookies again.`;
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

/** Tries out what a person hands over. */
export function createSessionOpener(
  client: UpstreamClient,
  hosts: UpstreamHosts,
  enter: Login | null,
): SessionOpener {
  const judged = (outcome: OpenedSession | UpstreamFailure) =>
    outcome.kind === "active" ? outcome : refusalOf(outcome);
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
  };
}
