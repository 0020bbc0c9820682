import type { Gate, UpstreamFailure } from "../domain/upstream.js";
import type { UpstreamClient } from "../pixieset/client.js";
import { importCookies, type StoredSession, type UpstreamHosts } from "../pixieset/cookies.js";
import { createUpstream, login } from "../pixieset/session.js";
import type { Refusal } from "../services.js";
import type { SessionOpener } from "./accounts.js";

function refusalOf(failure: UpstreamFailure): Refusal {
  const away = failure.kind === "transient" || failure.kind === "rate_limited" || failure.kind === "aborted";
  const detail = away
    ? `Pixieset could not be asked about this session: ${failure.reason}. Try again in a minute.`
    : `Pixieset does not accept this session: ${failure.reason}. Sign in with your browser and copy its cookies again.`;
  return { kind: "refused", code: away ? "upstream_unreachable" : "session_rejected", detail };
}

/** Probes a session before anything of it is stored. */
export function createSessionOpener(
  client: UpstreamClient,
  hosts: UpstreamHosts & { readonly loginUrl: string | null },
): SessionOpener {
  async function probe(imported: StoredSession, gate: Gate): ReturnType<SessionOpener["open"]> {
    let session = imported;
    const upstream = createUpstream({
      client,
      loadSession: async () => session,
      saveSession: async (renewed) => {
        session = renewed;
      },
    });
    const outcome = await upstream.probe(gate);
    if (outcome.kind !== "active") return refusalOf(outcome);
    return { kind: "active", jar: session, user: outcome.user };
  }

  return {
    async open(input, gate) {
      if ("cookies" in input) {
        const imported = importCookies(input.cookies, hosts);
        if (imported.kind === "imported") return probe(imported.session, gate);
        return { kind: "refused", code: "session_unreadable", detail: imported.reason };
      }
      if (hosts.loginUrl === null) {
        const detail =
          "Login by password is not set up: set PIXIESET_LOGIN_URL, or hand over cookies instead.";
        return { kind: "refused", code: "login_not_configured", detail };
      }
      const { signal } = gate;
      if (!(await gate.enter())) return refusalOf({ kind: "aborted", reason: "it did not answer in time" });
      const entered = await login({ client, ...input, loginUrl: hosts.loginUrl, signal });
      return entered.kind === "logged_in" ? probe(entered.session, gate) : refusalOf(entered);
    },
  };
}
