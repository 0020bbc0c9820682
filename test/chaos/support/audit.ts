/** What has to be told of one act, once for each account that watches the studio. */
export interface Expectation {
  readonly type: string;
  readonly object: string;
  /** When it happened, ms. */
  readonly at: number;
}

/** One event as it stands in the log. */
export interface ToldEvent {
  readonly account: string;
  readonly id: string;
  readonly type: string;
  readonly object: string;
}

/** One request that a receiver got whole. */
export interface Receipt {
  /** The last part of the path. */
  readonly receiver: string;
  /** `webhook-id`: of the event. */
  readonly event: string;
  /** Of the body, to see that it never changes. */
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether it was answered with 2xx. */
  readonly taken: boolean;
}

/** Who has to hear what. */
export interface Listener {
  readonly receiver: string;
  /** Null: of every account. */
  readonly account: string | null;
  readonly ordered: boolean;
}

/** All that is known at the end of a run. */
export interface Evidence {
  readonly accounts: readonly string[];
  readonly expected: readonly Expectation[];
  /** Of each account in the order of its log. */
  readonly events: readonly ToldEvent[];
  /** Types of the events beside those: what the service says of itself. */
  readonly others: readonly string[];
  readonly receipts: readonly Receipt[];
  readonly listeners: readonly Listener[];
  /** What comes later than this after the act is late, ms. */
  readonly lateMs: number;
  /** Whether a request was in flight when something broke: then it may come again. */
  readonly wasInFlight: (receipt: Receipt) => boolean;
}

/** What went wrong, in examples, and how late what went right was. */
export interface Verdict {
  /** Things that happened and are not told. */
  readonly lost: readonly string[];
  /** Events that nothing stands behind, or that tell again what another one tells. */
  readonly invented: readonly string[];
  /** Events that a receiver never got, or never took. */
  readonly undelivered: readonly string[];
  /** Requests about events that are not in the log, or not meant for that receiver. */
  readonly misdelivered: readonly string[];
  /** Requests beyond the first that was taken, of one event to one receiver. */
  readonly doubles: number;
  /** Those among them whose forerunner was not in flight when something broke. */
  readonly unexplained: readonly string[];
  /** Bodies that changed from one request to the next. */
  readonly altered: readonly string[];
  /** Where order was asked for: events that came after later ones about the same object. */
  readonly outOfOrder: readonly string[];
  /** What came, but later than it may. */
  readonly late: readonly string[];
  /** From the act to the first request about it, ms, in ascending order. */
  readonly delays: readonly number[];
  readonly events: number;
  readonly others: readonly string[];
  readonly deliveries: number;
}

/** Compares what happened, what was told and what arrived. Pure, so that it can be tried itself. */
export function audit(evidence: Evidence): Verdict {
  const { events, invented, lost } = compareEvents(evidence);
  const arrivals = compareArrivals(evidence, events);
  return { ...arrivals, lost, invented, events: evidence.events.length, others: evidence.others };
}

const nameOf = ({ account, type, object }: Omit<ToldEvent, "id">) => `${account} ${type} ${object}`;

/** What happens to an object again is told again: the first event is about the first time, and so on. */
function compareEvents({ accounts, expected, events }: Evidence) {
  const waiting = new Map<string, Expectation[]>();
  for (const account of accounts) {
    for (const one of expected) {
      const name = nameOf({ account, ...one });
      waiting.set(name, [...(waiting.get(name) ?? []), one]);
    }
  }
  const told = new Map<string, { readonly happenedAt: number }>();
  const invented: string[] = [];
  for (const event of events) {
    const name = nameOf(event);
    const happened = waiting.get(name)?.shift();
    if (!happened || told.has(event.id)) invented.push(`${name} as ${event.id}`);
    else told.set(event.id, { happenedAt: happened.at });
  }
  const lost = [...waiting].flatMap(([name, left]) => left.map(() => name));
  return { events: told, invented, lost };
}

function compareArrivals(
  { events: log, receipts, listeners, lateMs, wasInFlight }: Evidence,
  told: ReadonlyMap<string, { readonly happenedAt: number }>,
) {
  const undelivered: string[] = [];
  const misdelivered: string[] = [];
  const unexplained: string[] = [];
  const altered: string[] = [];
  const outOfOrder: string[] = [];
  const late: string[] = [];
  const delays: number[] = [];
  let [doubles, deliveries] = [0, 0];
  const places = new Map(log.map(({ id }, place) => [id, place]));
  const lineOf = new Map(
    log.map(({ id, account, type, object }) => [id, `${account} ${type.split(".")[0]} ${object}`]),
  );
  for (const { receiver, account, ordered } of listeners) {
    const meant = log.filter((event) => account === null || event.account === account);
    const ids = new Set(meant.map(({ id }) => id));
    const byEvent = gather(receipts.filter((receipt) => receipt.receiver === receiver));
    const furthest = new Map<string, number>();
    for (const [id, came] of byEvent) {
      const name = `${receiver} ${id}`;
      if (!ids.has(id)) misdelivered.push(name);
      if (new Set(came.map(({ digest }) => digest)).size > 1) altered.push(name);
      const taken = came.filter((receipt) => receipt.taken);
      doubles += Math.max(0, taken.length - 1);
      if (taken.slice(0, -1).some((receipt) => !wasInFlight(receipt))) unexplained.push(name);
      if (taken.length > 0) deliveries += 1;
      const happenedAt = told.get(id)?.happenedAt;
      if (taken[0] && happenedAt !== undefined) {
        const delay = taken[0].at - happenedAt;
        delays.push(delay);
        if (delay > lateMs) late.push(`${name} after ${Math.round(delay / 1_000)} s`);
      }
      // Maps keep the order in which the first of each came.
      if (!ordered) continue;
      const [place, line] = [places.get(id) ?? 0, lineOf.get(id) ?? ""];
      if (place < (furthest.get(line) ?? -1)) outOfOrder.push(name);
      furthest.set(line, Math.max(place, furthest.get(line) ?? -1));
    }
    for (const { id } of meant)
      if (!byEvent.get(id)?.some(({ taken }) => taken)) undelivered.push(`${receiver} ${id}`);
  }
  delays.sort((a, b) => a - b);
  return { undelivered, misdelivered, doubles, unexplained, altered, outOfOrder, late, delays, deliveries };
}

/** Requests by event, the events in the order in which the first request about each came. */
function gather(receipts: readonly Receipt[]): Map<string, Receipt[]> {
  const byEvent = new Map<string, Receipt[]>();
  for (const receipt of receipts)
    byEvent.set(receipt.event, [...(byEvent.get(receipt.event) ?? []), receipt]);
  return byEvent;
}
