/**
 * Every Redis key of pixiehook. The braces are hash tags: all keys of one account, and all keys of one mailbox, live
 * in one slot, so that each script stays on one node of a cluster.
 */
const root = "pixiehook";

/** BullMQ's prefix; it carries a tag for the same reason. */
export const queuePrefix = `{${root}}`;

function accountKey(account: string, name: string): string {
  return `${root}:{${account}}:${name}`;
}

/** Keys of an account. All of them are listed in `accountKeys`, so that deleting an account deletes everything. */
export const account = {
  /** Hash: settings, session, epoch, wanted (JSON each); rate: requests a minute; renewal: there when credentials are stored. */
  record: (id: string) => accountKey(id, "account"),
  /** Text: the sealed cookie jar. */
  jar: (id: string) => accountKey(id, "jar"),
  /** Text: the sealed credentials of an account that opted in to the form login. */
  credentials: (id: string) => accountKey(id, "credentials"),
  /** Hash: SHA-256 of a companion's token → all that is shown of it (JSON). */
  companions: (id: string) => accountKey(id, "companions"),
  /** List: SHA-256 of its pairing codes, newest first, for as long as the newest may be good. */
  pairings: (id: string) => accountKey(id, "pairings"),
  /** Hash: the page that a browser is asked to get: id, text, since when, for whom alone, and by whom it was taken. */
  errand: (id: string) => accountKey(id, "errand"),
  /** Hash: what came of the last one: id, by, answer. */
  errandAnswer: (id: string) => accountKey(id, "errand-answer"),
  /** Text: the browser that reads; there for as long as one asks for errands. */
  attending: (id: string) => accountKey(id, "attending"),
  /** Text: what was tried, and when, to bring a lost session back. */
  revival: (id: string) => accountKey(id, "revival"),
  /** Hash: source id → version, version of the snapshot, epoch, state; see `source-text.ts`. */
  sources: (id: string) => accountKey(id, "sources"),
  /** Hash: source id → version, of sources that were dropped and may come back. */
  versions: (id: string) => accountKey(id, "versions"),
  /** Hash: source id → epoch, of the same. */
  epochs: (id: string) => accountKey(id, "epochs"),
  /** Sorted set: source id by the time (ms) of its next poll. */
  due: (id: string) => accountKey(id, "due"),
  /** Sorted set: source id by the ticket of its last finished poll. */
  polled: (id: string) => accountKey(id, "polled"),
  /** Counter: tickets. */
  tickets: (id: string) => accountKey(id, "tickets"),
  /** Counter: fencing tokens. */
  fence: (id: string) => accountKey(id, "fence"),
  /** Hash: polled, changed, events since the beginning; asked: ticket of the last request to poll. */
  totals: (id: string) => accountKey(id, "totals"),
  /** Stream: the events, in the order of their commits. */
  events: (id: string) => accountKey(id, "events"),
  /** Hash: event id → stream id. */
  eventIds: (id: string) => accountKey(id, "event-ids"),
  /** Sorted set: position of the first card of a box → number of the box; see `cards.ts`. */
  cards: (id: string) => accountKey(id, "cards"),
  /** Hash: hold id → hold. */
  holds: (id: string) => accountKey(id, "holds"),
  /** Text: stream id up to which events are fanned out. */
  cursor: (id: string) => accountKey(id, "cursor"),
  /** Sorted set: requests of the last minute, or of the window where that is longer. */
  requests: (id: string) => accountKey(id, "requests"),
  /** Text: who makes requests just now. */
  turn: (id: string) => accountKey(id, "turn"),
  /** Text: the whole account rests for as long as it is there. */
  rest: (id: string) => accountKey(id, "rest"),
  /** Hash: last: time (ms) of the last request; state: the pace (JSON); troubles: how many in a row. */
  pace: (id: string) => accountKey(id, "pace"),
  /** Hash: collection id, or the name of a list that hints → what it says now. */
  hints: (id: string) => accountKey(id, "hints"),
  /** Hash: resource that is hinted at → how good its hint has proved. */
  trust: (id: string) => accountKey(id, "trust"),
  /** Hash: who told of a budget → requests left, end, gap and time of the next (ms). */
  told: (id: string) => accountKey(id, "told"),
  /** Hash: bucket → its snapshot entries, compressed. */
  snapshot: (id: string, source: string) => accountKey(id, `snapshot:${source}`),
  /** Text: the digests of the buckets, one after the other. */
  digests: (id: string, source: string) => accountKey(id, `digests:${source}`),
  /** Hash and text: a whole snapshot while it is being put together. */
  staged: (id: string, source: string) => accountKey(id, `staged:${source}`),
  stagedDigests: (id: string, source: string) => accountKey(id, `staged-digests:${source}`),
};

/** Bytes: a box of cards, of an account or of the log. */
export const cardBox = (cards: string, number: number) => `${cards}:${number}`;

/** All keys that an account can have, given its sources and the boxes of its cards. */
export function accountKeys(id: string, sources: readonly string[], boxes: readonly number[]): string[] {
  const { snapshot, digests, staged, stagedDigests, ...single } = account;
  const own = [snapshot, digests, staged, stagedDigests];
  return [
    ...Object.values(single).map((key) => key(id)),
    ...sources.flatMap((source) => own.map((key) => key(id, source))),
    ...boxes.map((number) => cardBox(single.cards(id), number)),
  ];
}

function mailboxKey(subscription: string, name: string): string {
  return `${root}:{${subscription}}:${name}`;
}

/** Keys of a subscription and its mailbox. */
export const mailbox = {
  /** Text: the subscription, its channel sealed. */
  subscription: (id: string) => mailboxKey(id, "subscription"),
  /** Text: the sealed signing secrets. */
  secrets: (id: string) => mailboxKey(id, "secrets"),
  /** Sorted set: delivery id by the time (ms) of its next attempt. */
  due: (id: string) => mailboxKey(id, "due"),
  /** Hash: delivery id → delivery. */
  deliveries: (id: string) => mailboxKey(id, "deliveries"),
  /** Sorted set: delivery id by the time (ms) of its making. */
  index: (id: string) => mailboxKey(id, "index"),
  /** Hash: digest group → the digest that is open. */
  groups: (id: string) => mailboxKey(id, "groups"),
  /** Hash: event id → the digest that it is in. */
  members: (id: string) => mailboxKey(id, "members"),
  /** Hash: object → deliveries that wait in line for it, where order is asked for. */
  lines: (id: string) => mailboxKey(id, "lines"),
  /** Text: how the receiver has been lately. */
  receiver: (id: string) => mailboxKey(id, "receiver"),
  /** Text: the delivery that somebody asked for just now. */
  knock: (id: string) => mailboxKey(id, "knock"),
  /** Sorted set: delivery id by the time (ms) at which it was delivered, failed or discarded. */
  finished: (id: string) => mailboxKey(id, "finished"),
  /** Text: deliveries made up to this time (ms) may have been deleted, because there were too many. */
  trimmed: (id: string) => mailboxKey(id, "trimmed"),
  /** Hash: replay id → replay. */
  replays: (id: string) => mailboxKey(id, "replays"),
  /** List: the events of a digest. */
  digest: (id: string, delivery: string) => mailboxKey(id, `digest:${delivery}`),
};

/** All keys of a mailbox, given its digests. */
export function mailboxKeys(id: string, digests: readonly string[]): string[] {
  const { digest, ...single } = mailbox;
  return [...Object.values(single).map((key) => key(id)), ...digests.map((delivery) => digest(id, delivery))];
}

/** Keys that belong to nobody in particular. */
export const shared = {
  /** Sorted set: account ids by creation. */
  accounts: `${root}:{accounts}:index`,
  /** Sorted set: subscription ids by creation. */
  subscriptions: `${root}:{subscriptions}:index`,
  /** Text: another one whenever a subscription is made, changed or deleted. */
  subscriptionsVersion: `${root}:{subscriptions}:version`,
  /** Sorted set: actors by the time (ms) they are due. */
  due: `${root}:{due}:at`,
  /** Hash: actor → number of the last announcement. */
  dueGenerations: `${root}:{due}:generations`,
  /** Hash: actor → until when (ms) it is to be looked at again, even if it finds nothing. */
  duePromises: `${root}:{due}:promises`,
  /** Counter: announcements. */
  dueCounter: `${root}:{due}:counter`,
  /** Sorted set: processes that run, by when (ms) they last said so. */
  presenceSeen: `${root}:{presence}:seen`,
  /** Hash: process → what it says of itself. */
  presence: `${root}:{presence}:processes`,
  /** Stream: all events in the order they were fanned out, by reference. */
  log: `${root}:{log}:events`,
  /** Hash: event id → position in the log. */
  logIds: `${root}:{log}:ids`,
  /** Sorted set: boxes of the cards of the log, as an account has them. */
  logCards: `${root}:{log}:cards`,
  /** Sorted set: ids of API tokens by creation. */
  tokens: `${root}:{tokens}:index`,
  /** Hash: SHA-256 of a token → all that is shown of it. */
  tokenRecords: `${root}:{tokens}:records`,
  /** Hash: id of a token → its SHA-256. */
  tokenDigests: `${root}:{tokens}:digests`,
  /** Text: when the token of the settings was last used. */
  firstTokenUsed: `${root}:{tokens}:first-used`,
  /** Text: the account that a pairing code, known by its SHA-256, is for. */
  pairing: (digest: string) => `${root}:{pairing:${digest}}`,
  /** Text: when a rate-limited address, or token, may be used next. */
  rate: (name: string) => `${root}:{rate:${name}}`,
  /** Text: the answer to a request with an idempotency key. */
  idempotency: (key: string) => `${root}:{idempotency:${key}}`,
  /** Text: who is answering such a request just now. */
  idempotencyLock: (key: string) => `${root}:{idempotency:${key}}:lock`,
  /** Set: keys of the kept answers that name an account, a subscription or a token. */
  answersAbout: (id: string) => `${root}:{answers:${id}}`,
};
