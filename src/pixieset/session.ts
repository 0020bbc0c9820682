import type { JsonObject } from "../domain/json.js";
import type { SourceKey } from "../domain/record.js";
import type { Gate, ProbeOutcome, ReadOutcome, Upstream, UpstreamFailure } from "../domain/upstream.js";
import { type Asker, openSession, type SessionKeeper } from "./ask.js";
import type { Host } from "./client.js";
import { readList } from "./pages.js";
import type { UpstreamResource } from "./resources/define.js";
import { findResource } from "./resources/index.js";
import { saysNobody, userOf } from "./user.js";

export { login } from "./login.js";

export interface UpstreamOptions extends SessionKeeper {
  /** Where a list is cut off, and called incomplete. Default 2,000 pages. */
  readonly maxPages?: number;
}

const noSession = { kind: "expired", reason: "No session is stored" } as const;

const probePaths: Readonly<Record<Host, readonly string[]>> = {
  gallery: ["/user", "/data/bootstrap", "/dashboard_listings?page=1"],
  studio: ["/notifications/all", "/clients/?types=client,lead&page=1&per_page=1"],
};

/** Failures of one probe path that say nothing about the session: the path may just not exist. */
const saysNothing = (outcome: UpstreamFailure) =>
  /^(gone|shape_changed|rejected|forbidden)$/.test(outcome.kind);

/** Asks one host whether the session is good, by the cheapest path that answers. */
async function probeHost(asker: Asker, host: Host): Promise<ProbeOutcome> {
  let last: UpstreamFailure = noSession;
  for (const path of probePaths[host]) {
    const answer = await asker.ask(host, path);
    if (answer.kind === "ok") {
      if (saysNobody(answer.body))
        return { kind: "expired", reason: "The upstream says that nobody is logged in" };
      if (typeof answer.body === "object" && answer.body !== null) {
        return { kind: "active", user: host === "gallery" ? userOf(answer.body) : null };
      }
      last = { kind: "shape_changed", reason: "The answer to the session probe holds nothing" };
    } else {
      last = answer;
      if (!saysNothing(answer)) return answer;
    }
  }
  return last;
}

async function readSource(
  asker: Asker,
  resource: UpstreamResource,
  source: SourceKey,
  paging: JsonObject | null,
  maxPages: number,
): Promise<ReadOutcome> {
  const { way: remembered } = paging ?? {};
  const known = typeof remembered === "number";
  let way = known ? remembered : 0;
  for (;;) {
    const outcome = await readList({
      fetch: (parameters) =>
        asker.ask(resource.host, resource.path(way, source.scope?.id ?? null, parameters)),
      list: resource.list,
      read: resource.read,
      paging,
      maxPages,
    });
    // Only a list that could never be read is looked for elsewhere: two lists need not hold the same rows.
    const elsewhere = !known && way + 1 < resource.ways;
    if (outcome.kind === "scan") {
      return resource.ways > 1 ? { ...outcome, paging: { ...outcome.paging, way } } : outcome;
    }
    if (!elsewhere || !/^(gone|shape_changed|rejected)$/.test(outcome.kind)) return outcome;
    way++;
  }
}

/**
 * The upstream of one account. Every request asks the gate first; cookies that the upstream renews are stored
 * before anything else happens. Nothing is thrown for what the upstream does; `loadSession` and `saveSession`
 * may throw, and that goes through.
 */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { maxPages = 2_000 } = options;
  return {
    async read(source, paging, gate: Gate) {
      const asker = await openSession(options, gate);
      if (!asker) return noSession;
      const resource = findResource(source.resource);
      const { host } = resource;
      const other: Host = host === "gallery" ? "studio" : "gallery";
      if (!asker.knows(host) && asker.knows(other)) {
        return { kind: "forbidden", reason: `The session has no cookies for the ${host} host` };
      }
      const outcome = await readSource(asker, resource, source, paging, maxPages);
      if (outcome.kind !== "expired") return outcome;
      // One list may be closed to a session that is good for all others: asked once, then believed.
      const probe = await probeHost(asker, host);
      if (probe.kind === "active") {
        return { kind: "forbidden", reason: "This list is not open to the session, which is good otherwise" };
      }
      return /^(expired|challenged|rate_limited|aborted|transient)$/.test(probe.kind) ? probe : outcome;
    },
    async probe(gate) {
      const asker = await openSession(options, gate);
      if (!asker) return noSession;
      if (!asker.knows("gallery") && asker.knows("studio")) return probeHost(asker, "studio");
      return probeHost(asker, "gallery");
    },
  };
}
