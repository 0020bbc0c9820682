import { isJsonObject, type JsonValue } from "../domain/json.js";
import type { ResourceName, SourceKey } from "../domain/record.js";
import { otherUser } from "../domain/session.js";
import type {
  ProbeOutcome,
  Reading,
  ReadOutcome,
  Upstream,
  UpstreamFailure,
  Whose,
} from "../domain/upstream.js";
import { type Asker, openSession } from "./ask.js";
import { findRows } from "./envelope.js";
import type { Fetcher } from "./fetcher.js";
import type { ReadPage } from "./get-page.js";
import { type Host, hostNames } from "./hosts.js";
import { readList } from "./pages.js";
import { createReadMemory, type ListMemory, type ReadMemory } from "./read-memory.js";
import type { UpstreamResource } from "./resources/define.js";
import { findResource } from "./resources/index.js";
import { saysNobody, userOf } from "./user.js";

export { login } from "./login.js";

export interface UpstreamOptions {
  readonly fetcher: Fetcher;
  /** Where a list is cut off, and called incomplete. Default 2,000 pages. */
  readonly maxPages?: number;
  /** What is remembered of earlier readings, by all accounts of this process. */
  readonly memory?: UpstreamMemory;
}

export type UpstreamMemory = ReadMemory<ReadPage>;

export const createUpstreamMemory = (): UpstreamMemory => createReadMemory<ReadPage>();

const noSession = { kind: "expired", reason: "No session is stored" } as const;

/** What to ask for, and whether an answer proves that someone is logged in. */
interface Probe {
  readonly path: string;
  proves(body: JsonValue): boolean;
}

const holdsList = (name: ResourceName) => (body: JsonValue) =>
  findRows(body, findResource(name).list)?.vague === false;
const namesUser = (body: JsonValue) => userOf(body) !== null;
const isFilled = (body: JsonValue) =>
  Array.isArray(body) || (isJsonObject(body) && Object.keys(body).length > 0);

/** The cheapest first; the others for when it does not exist, or its form is unknown. */
const probes: Readonly<Record<Host, readonly Probe[]>> = {
  gallery: [
    { path: "/user", proves: namesUser },
    { path: "/data/bootstrap", proves: namesUser },
    { path: "/dashboard_listings?page=1", proves: holdsList("collections") },
  ],
  studio: [
    { path: "/notifications/all", proves: isFilled },
    { path: "/clients/?types=client,lead&page=1&per_page=1", proves: holdsList("clients") },
  ],
};

/** Failures of one probe that say nothing about the session: the path may just not exist. */
const saysNothing = (outcome: UpstreamFailure) =>
  /^(gone|shape_changed|rejected|forbidden)$/.test(outcome.kind);

async function probeHost(asker: Asker, host: Host): Promise<ProbeOutcome> {
  let last: UpstreamFailure = noSession;
  for (const { path, proves } of probes[host]) {
    const answer = await asker.ask(host, path);
    if (answer.kind !== "ok") {
      last = answer;
      if (!saysNothing(answer)) return answer;
    } else if (saysNobody(answer.body)) {
      return { kind: "expired", reason: `${hostNames[host]} says that nobody is logged in` };
    } else if (proves(answer.body)) {
      return { kind: "active", user: host === "gallery" ? userOf(answer.body) : null };
    } else {
      last = {
        kind: "shape_changed",
        reason: `The answer of ${hostNames[host]} to the session probe has an unknown form`,
      };
    }
  }
  return last;
}

async function readSource(
  asker: Asker,
  resource: UpstreamResource,
  source: SourceKey,
  reading: Reading,
  options: { readonly maxPages: number; readonly memory: UpstreamMemory; readonly now: () => number },
): Promise<ReadOutcome> {
  const { paging, identity, fresh, toTheEnd, head } = reading;
  const { way: remembered } = paging ?? {};
  const known = typeof remembered === "number";
  const aside = new Set(reading.aside);
  let way = known ? remembered : 0;
  for (;;) {
    const lens = JSON.stringify([way, reading.aside]);
    const memory = options.memory.of(source.id, lens);
    const outcome = await readList({
      fetch: (parameters, glance, known) => {
        const path = resource.path(way, source.scope?.id ?? null, parameters);
        return asker.askAgain(resource.host, path, glance, known);
      },
      from: hostNames[resource.host],
      list: resource.list,
      read: (row, now) => resource.read(row, aside, now),
      now: options.now,
      memory: fresh ? blind(memory) : memory,
      paging,
      identity,
      toTheEnd,
      head,
      repeats: resource.repeats,
      maxPages: options.maxPages,
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

/** Values within values by the thousand can be parsed, and not be walked through. */
function tooDeep(error: unknown, host: Host): UpstreamFailure {
  if (!(error instanceof RangeError)) throw error;
  return { kind: "shape_changed", reason: `The answer of ${hostNames[host]} is nested too deep to be read` };
}

/** A memory that keeps, and tells nothing. */
const blind = (memory: ListMemory<ReadPage>): ListMemory<ReadPage> => ({
  page: () => undefined,
  asked: () => undefined,
  row: () => undefined,
  shorten: () => null,
  last: () => null,
  conclusion: () => null,
  keep: memory.keep,
  keepHead: memory.keepHead,
});

const shut = (host: Host): UpstreamFailure => {
  const name = hostNames[host];
  const place = host === "studio" ? "Studio" : "Galleries";
  const remedy = `sign in to ${place} with your browser and hand over its cookies too`;
  return { kind: "forbidden", reason: `${name} does not accept this session: ${remedy}` };
};

/**
 * What a refused session of a host means. The galleries decide for the account; a studio that is refused is shut,
 * and no more, while they are open. `outcome` is what the list said.
 */
async function judgeRefusal(asker: Asker, host: Host, outcome: UpstreamFailure): Promise<UpstreamFailure> {
  if (host === "gallery" || !asker.knows("gallery")) return outcome;
  const galleries = await probeHost(asker, "gallery");
  if (galleries.kind === "active") return shut(host);
  return saysNothing(galleries) ? outcome : galleries;
}

/** What is concluded from these would be wrong of somebody else's lists. */
const tells = async (outcome: ReadOutcome, whose: Whose) =>
  outcome.kind === "scan" ? !(await whose.isSaid(outcome)) : saysNothing(outcome);

/**
 * Asks who is signed in before what differs is believed: in a browser that may be somebody else by now, whose lists would
 * be told as changes of these. That it is the browser, and the sign-in, with which the list was read, the fetching sees to.
 */
async function confirmed(asker: Asker, outcome: ReadOutcome, whose: Whose): Promise<ReadOutcome> {
  if (!(await tells(outcome, whose))) return outcome;
  const probe = await probeHost(asker, "gallery");
  if (probe.kind !== "active") return saysNothing(probe) ? outcome : probe;
  const other = otherUser(whose.user, probe.user);
  if (!other) return outcome;
  const reason = `The browser is signed in to Pixieset as ${other.offered}, not as ${other.watched}`;
  return { kind: "expired", reason };
}

async function readWith(
  asker: Asker,
  source: SourceKey,
  reading: Reading,
  context: {
    readonly maxPages: number;
    readonly memory: UpstreamMemory;
    readonly now: () => number;
    /** The session that the studio refused while the galleries took it: not probed again for each of its lists. */
    readonly refused: { byStudio: string | null };
  },
): Promise<ReadOutcome> {
  const { refused } = context;
  const resource = findResource(source.resource);
  const { host } = resource;
  const other: Host = host === "gallery" ? "studio" : "gallery";
  if (!asker.knows(host) && asker.knows(other)) return shut(host);
  const read = () =>
    readSource(asker, resource, source, reading, context).catch((error: unknown) => tooDeep(error, host));
  const outcome = await read();
  if (outcome.kind !== "expired") return outcome;
  if (host === "studio" && refused.byStudio === asker.session()) return shut(host);
  // One list may be closed to a session that is good for all others, or have hiccuped once.
  const probe = await probeHost(asker, host);
  if (probe.kind !== "active") {
    if (probe.kind !== "expired" && !saysNothing(probe)) return probe;
    const judged = await judgeRefusal(asker, host, probe.kind === "expired" ? probe : outcome);
    if (judged.kind === "forbidden") refused.byStudio = asker.session();
    return judged;
  }
  const again = await read();
  if (again.kind !== "expired") return again;
  const name = hostNames[host];
  return "isPage" in again && again.isPage
    ? {
        kind: "shape_changed",
        reason: `A page of ${name} came where data was expected, although the session is good`,
      }
    : {
        kind: "forbidden",
        reason: `${name} does not open this list to the session, which is good otherwise`,
      };
}

/**
 * The upstream of one account. Every request asks the gate first; cookies that the upstream renews are stored
 * before anything else happens. Nothing is thrown for what the upstream does.
 */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { fetcher, maxPages = 2_000, memory = createUpstreamMemory() } = options;
  const refused = { byStudio: null };
  return {
    async read(source, reading, gate) {
      const asker = await openSession(fetcher, gate);
      if (!asker) return noSession;
      const context = { maxPages, memory, now: fetcher.now, refused };
      const outcome = await readWith(asker, source, reading, context);
      const { whose } = reading;
      return whose && fetcher.isShared ? confirmed(asker, outcome, whose) : outcome;
    },
    async probe(gate) {
      const asker = await openSession(fetcher, gate);
      if (!asker) return noSession;
      if (!asker.knows("gallery") && asker.knows("studio")) return probeHost(asker, "studio");
      return probeHost(asker, "gallery");
    },
  };
}
