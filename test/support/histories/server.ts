import type { ResourceName } from "../../../src/domain/record.js";
import type { UpstreamClient } from "../../../src/pixieset/client.js";
import { hashOfText } from "../../../src/pixieset/read-memory.js";
import {
  type Fault,
  hardAnswer,
  isChallenge,
  isRefusal,
  isRefusedSession,
  type Login,
  loginAnswers,
  type RawAnswer,
} from "./faults.js";
import { isMute, pageOf, repeats, saysNext, saysTotal } from "./paging.js";
import { beginSight, type Sight, show } from "./sight.js";
import { type Change, change, type TrueList, type World } from "./world.js";

/** What happens during one poll, by the number of the request, from 1. */
export interface Disturbances {
  readonly faults: readonly { readonly at: number; readonly fault: Fault }[];
  /** Changes of the truth just before the answer. */
  readonly changes: readonly { readonly at: number; readonly change: Change }[];
}

/** The session as the upstream sees it: null as long as it is good. */
export interface Gatekeeper {
  lockedOut: Login | null;
}

/** The upstream's side of one poll: stands in for the connection, and keeps what was shown. */
export interface Server {
  readonly client: UpstreamClient;
  /** Says which list is read from now on. */
  reads(resource: ResourceName): void;
  /** Says that of the list only the head was read. */
  readHead(): void;
  readonly sights: readonly Sight[];
  /** Whether something was answered that ends the session. */
  readonly turnedAway: () => boolean;
  /** Whether nobody is let in. */
  readonly isShut: () => boolean;
}

export const hosts = {
  galleryUrl: "https://galleries.example/api/v1",
  studioUrl: "https://studio.example/api/v1",
};

const user = '{"data":{"id":1,"email":"ann@example.com","name":"Ann"}}';
const ok = (body: string): RawAnswer => ({
  kind: "answer",
  status: 200,
  headers: { "content-type": "application/json" },
  body,
});

interface Options extends Disturbances {
  readonly world: World;
  readonly gatekeeper: Gatekeeper;
  /** Every so many answers the upstream renews a cookie; 0 for never. */
  readonly renewEvery: number;
  /** Whether answers carry validators. */
  readonly tags: boolean;
  /** Waited for with each answer in hand. */
  hold?(request: number): Promise<void>;
}

export function createServer(options: Options): Server {
  const { world, gatekeeper, faults, changes, renewEvery } = options;
  const sights: Sight[] = [];
  const open = new Map<TrueList, Sight>();
  let requests = 0;
  let turnedAway = false;
  let reading: ResourceName | null = null;

  function answer(path: string, fault: Fault | undefined): RawAnswer {
    const url = new URL(path, "https://upstream.example");
    const list = world.lists.find(({ kind }) => kind.path.test(url.pathname));
    const page = Number(url.searchParams.get("page") ?? 1);
    const sight = list ? sightOf(list, page) : null;
    if (gatekeeper.lockedOut !== null) {
      turnedAway = true;
      if (sight) fail(sight);
      return loginAnswers[gatekeeper.lockedOut]();
    }
    if (list && sight) return answerList(list, sight, page, fault);
    if (fault?.kind !== "hard") return ok(user);
    turnedAway ||= isChallenge(fault.name) || isRefusedSession(fault.name);
    return hardAnswer(fault.name);
  }

  function sightOf(list: TrueList, page: number): Sight {
    const known = page > 1 ? open.get(list) : undefined;
    if (known) return known;
    const begun = beginSight(list, world);
    // A list can be asked for to try the session, too: that is no reading of it.
    if (list.kind.resource !== reading) return begun;
    open.set(list, begun);
    sights.push(begun);
    return begun;
  }

  function fail(sight: Sight): void {
    sight.disturbed = true;
    sight.failed = true;
  }

  function answerList(list: TrueList, sight: Sight, page: number, fault: Fault | undefined): RawAnswer {
    sight.endTick = world.tick;
    const found = pageOf(list.paging, list.size, list.order, page);
    if (fault?.kind === "hard") {
      const isBeyond = (page - 1) * list.size >= list.order.length;
      const mayBeTheEnd = page > 1 && isRefusal(fault.name);
      const looksLikeTheEnd = mayBeTheEnd && (!sight.saidNext || sight.doubled);
      // To be taken for the end of the list in its middle is to miss the rest of it.
      const hides = looksLikeTheEnd && !isBeyond && (isMute(list.paging) || sight.saidLess);
      if (!hides || mayMislead(list)) {
        sight.disturbed = true;
        if (!looksLikeTheEnd) fail(sight);
        else if (repeats(list.paging)) list.misled = true;
        turnedAway ||= isChallenge(fault.name) || isRefusedSession(fault.name);
        return hardAnswer(fault.name);
      }
    }
    if (found.rows === null) return hardAnswer("404");
    if (fault?.kind === "hollow" && mayMislead(list)) {
      sight.disturbed = true;
      if (page > 1 && repeats(list.paging)) list.misled = true;
      return ok(JSON.stringify(list.kind.body([], {})));
    }
    const keys = [...found.rows];
    const isTruncated = fault?.kind === "truncated";
    if (isTruncated) fail(sight);
    const counter = Math.floor(world.time / 100_000);
    let shift = fault?.kind === "total" && saysTotal(list.paging) ? fault.shift : 0;
    if (shift !== 0) sight.disturbed = true;
    const at = fault && "row" in fault && keys.length > 0 ? fault.row % keys.length : null;
    const key = at === null ? undefined : keys[at];
    if (fault?.kind === "drop" && at !== null) {
      const isAlone = !sight.disturbed && (list.kind.hasIds || !sight.doubled);
      const givesItselfAway = saysTotal(list.paging) && !fault.silent && isAlone;
      if (givesItselfAway || mayMislead(list)) {
        sight.disturbed = true;
        keys.splice(at, 1);
        if (fault.silent && saysTotal(list.paging)) shift = -1;
      }
    }
    if (fault?.kind === "duplicate" && at !== null && key !== undefined && mayConfuse(list, sight)) {
      sight.doubled = true;
      keys.splice((fault.row >> 3) % (keys.length + 1), 0, key);
    }
    const rows: unknown[] = keys.map((each) => list.kind.row(each, list.values.get(each) ?? 0, counter));
    const shown = new Set(keys);
    if (fault?.kind === "unreadable" && at !== null && key !== undefined) {
      sight.disturbed = true;
      sight.unreadable = true;
      rows[at] = fault.as;
      shown.delete(key);
      list.obscure.add(key);
    }
    const said = found.said(shift);
    const body = JSON.stringify(list.kind.body(rows, said));
    if (isTruncated) return ok(body.slice(0, Math.floor((body.length - 1) * fault.share)));
    for (const each of shown) show(sight, each, list.values.get(each) ?? 0);
    note(sight, page, [...shown], rows.length, said);
    return ok(body);
  }

  function note(sight: Sight, page: number, keys: number[], rows: number, said: object): void {
    const { meta } = said as { meta?: { total?: number } };
    const { paging, order, size } = sight.list;
    // Where the count alone says that there is another page, one that is too low hides it.
    const counts = /^total/.test(paging);
    sight.saidLess = counts && (meta?.total ?? order.length) < order.length;
    sight.saidNext = saysNext(paging) && page * size < (counts ? (meta?.total ?? 0) : order.length);
    const signature = keys.toSorted().join();
    const isAgain = rows > 0 && sight.pages.some((before) => before.toSorted().join() === signature);
    sight.pages.push(keys);
    // A page that was there before is none, and what it says does not count; nor does one beyond the end.
    const isNone = isAgain || (page > 1 && rows === 0 && meta?.total === 0);
    if (!isNone) {
      sight.rows += rows;
      if (meta?.total !== undefined) sight.totals.push(meta.total);
    }
    if (page > 1 && rows === 0 && repeats(sight.list.paging)) sight.list.misled = true;
  }

  /** Something that cannot be told from the truth may happen in one reading, and not in the next. */
  function mayMislead(list: TrueList): boolean {
    if (list.uncertain) return false;
    list.uncertain = true;
    return true;
  }

  /** A row without an id that stands twice hides from a count that another one is missing, or was not asked for. */
  const mayConfuse = (list: TrueList, sight: Sight) =>
    (!sight.disturbed && (list.kind.hasIds || !saysTotal(list.paging))) || mayMislead(list);

  /** The answer with a validator, or without a body where that was sent. */
  function tagged(given: RawAnswer, sent: string | undefined): RawAnswer {
    if (!options.tags || given.kind !== "answer" || given.status !== 200) return given;
    const etag = `"${hashOfText(given.body)}"`;
    const headers = { ...given.headers, etag };
    return sent === etag ? { ...given, status: 304, headers, body: "" } : { ...given, headers };
  }

  const get: UpstreamClient["get"] = async ({ path, host, jar, conditions }) => {
    requests++;
    const request = requests;
    for (const each of changes) if (each.at === request) change(world, each.change, true);
    const given = answer(path, faults.find(({ at }) => at === request)?.fault);
    await options.hold?.(request);
    const renews = renewEvery > 0 && request % renewEvery === 0;
    if (renews)
      jar.setCookieSync(
        `wsid=${world.tick}.${request}; Path=/`,
        host === "gallery" ? hosts.galleryUrl : hosts.studioUrl,
      );
    return { ...tagged(given, conditions?.["if-none-match"]), jarChanged: renews };
  };
  const client: UpstreamClient = {
    ...hosts,
    get,
    postForm: async () => ({ kind: "aborted", reason: "Nobody logs in", jarChanged: false }),
    now: () => Date.now(),
    clock: () => null,
    close: async () => undefined,
  };
  const reads = (resource: ResourceName) => {
    reading = resource;
  };
  const readHead = () => {
    const sight = sights.findLast(({ list }) => list.kind.resource === reading);
    if (sight) sight.isHead = true;
  };
  const isShut = () => gatekeeper.lockedOut !== null;
  return { client, reads, readHead, sights, turnedAway: () => turnedAway, isShut };
}
