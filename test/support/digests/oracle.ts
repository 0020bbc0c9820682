import { matchesPattern } from "../../../src/domain/catalog.js";
import type { PixiehookEvent } from "../../../src/domain/event.js";
import type { Digest } from "../../../src/domain/subscription.js";
import type { Wish } from "./plan.js";
import type { Received, Record, Told } from "./play.js";
import { afterQuiet, dueOf, isQuiet } from "./wall.js";

const sliceMs = 15_000;
/** How late (ms) an event may reach a mailbox, and a mailbox be looked at, when nothing is wrong. */
const leewayMs = 4_000;
/** How long (ms) a dead process is waited for. */
const leaseMs = 22_000;

/** A message as its receiver knows it: all requests under one id. */
interface Heard {
  readonly id: string;
  readonly digest: boolean;
  readonly requests: readonly Received[];
  readonly events: readonly { readonly told: Told; readonly index: number }[];
}

function assert(holds: boolean, ...saying: unknown[]): asserts holds {
  if (!holds)
    throw new Error(saying.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" "));
}

const iso = (at: number) => new Date(at).toISOString();

/** Throws where what was received is not what the contract promises of digests and quiet hours. */
export function judge(record: Record): void {
  assert(record.left.length === 0, "still to be sent:", record.left);
  for (const wish of record.wishes.keys()) judgeOne(record, wish);
}

function judgeOne(record: Record, wish: number): void {
  const { history, told } = record;
  const of = history.wishes[wish]?.account ?? null;
  const wanted = told.filter(({ account }) => of === null || of === account);
  const heard = heardBy(record, wish, wanted);
  for (const message of heard) judgeMessage(record, wish, message);
  const counts = new Map<string, number>();
  for (const { events } of heard) {
    for (const { told: one } of events) counts.set(one.id, (counts.get(one.id) ?? 0) + 1);
  }
  for (const [index, { id, at }] of wanted.entries()) {
    assert(
      counts.get(id) === 1,
      `s${wish}: event ${index} of ${iso(at)} came in ${counts.get(id) ?? 0} messages`,
    );
  }
  for (const group of new Set(wanted.map((one) => one.group))) {
    const mine = heard.filter(({ digest, events }) => digest && events[0]?.told.group === group);
    judgeGroup(
      record,
      wish,
      wanted,
      mine.sort((a, b) => firstOf(a).index - firstOf(b).index),
    );
  }
}

const firstOf = ({ events }: Heard) => events[0] as Heard["events"][number];
const lastOf = ({ events }: Heard) => events.at(-1) as Heard["events"][number];
const sentAt = ({ requests }: Heard) => (requests[0] as Received).at;

function heardBy({ received }: Record, wish: number, wanted: readonly Told[]): Heard[] {
  const places = new Map(wanted.map((told, index) => [told.id, { told, index }]));
  const mine = received.filter((request) => request.wish === wish);
  return [...new Set(mine.map(({ id }) => id))].map((id) => {
    const requests = mine.filter((request) => request.id === id);
    const json = JSON.parse(requests[0]?.body ?? "") as PixiehookEvent & {
      data: { events?: PixiehookEvent[] };
    };
    const digest = json.type === "digest";
    const events = (digest ? (json.data.events ?? []) : [json]).map((event) => {
      const place = places.get(event.id);
      assert(place !== undefined, `s${wish}: an event that was never stated:`, event.id);
      assert(JSON.stringify(event) === place.told.body, `s${wish}: other bytes than were stated:`, event);
      return place;
    });
    return { id, digest, requests, events };
  });
}

/** What must be true of each message by itself. */
function judgeMessage({ history, wishes, cuts }: Record, wish: number, message: Heard): void {
  const { requests, events, digest } = message;
  const name = `s${wish}, message ${message.id} of ${iso(sentAt(message))}:`;
  assert(events.length > 0, name, "empty");
  assert(new Set(requests.map(({ body }) => body)).size === 1, name, "other bytes at another attempt");
  assert(new Set(events.map(({ told }) => told.group)).size === 1, name, "groups are mixed");
  assert(
    events.every(({ index }, i) => i === 0 || index > (events[i - 1]?.index ?? 0)),
    name,
    "not in order",
  );
  assert(digest || events.length === 1, name, "more than one event");
  const got = requests.filter(({ delivered }) => delivered);
  assert(got.length > 0, name, "never delivered");
  const [first] = got;
  for (const again of got.slice(1)) {
    const cut = cuts.some((at) => at >= (first?.at ?? 0) - 1_000 && at <= again.at + 1_000);
    assert(cut, name, `delivered again at ${iso(again.at)} although nothing was cut off`);
  }
  const { told } = firstOf(message);
  const zone = history.zones[told.account] ?? "UTC";
  for (const { at } of requests) {
    const { quietHours } = wishAt(wishes[wish] ?? [], at);
    const quiet = [at, at - 2_000].every((moment) => isQuiet(quietHours, told.type, moment, zone));
    assert(!quiet, name, `sent in quiet hours, at ${iso(at)}`);
  }
  judgeTime({ history, wishes, cuts }, wish, message, name);
}

/** Not before its window ends, and within a slice after that. Nothing is said of one that was changed meanwhile. */
function judgeTime(
  { history, wishes, cuts }: Pick<Record, "history" | "wishes" | "cuts">,
  wish: number,
  message: Heard,
  name: string,
): void {
  const [{ told: first }, { told: last }] = [firstOf(message), lastOf(message)];
  const [begin, sent] = [first.at, sentAt(message)];
  const steady = steadyIn(wishes[wish] ?? [], begin, sent);
  if (!steady) return;
  const zone = history.zones[first.account] ?? "UTC";
  const digest = digestOf(steady, first.type);
  assert((digest !== null) === message.digest, name, digest ? "not a digest" : "a digest");
  const earliest = digest ? dueOf(digest, begin, last.at, zone) : begin;
  assert(sent >= earliest, name, `sent before its window ended at ${iso(earliest)}`);
  // What fails makes others wait, by the receiver's own rest; when they go on is not ours to say here.
  if (history.steps.some((step) => step.do === "fail" || step.do === "abort")) return;
  const late = leewayMs + (cuts.length > 0 ? leaseMs : 0);
  const ready = digest ? dueOf(digest, begin + late, last.at + late, zone) : begin + late;
  const latest = afterQuiet(steady.quietHours, first.type, ready, zone) + sliceMs + late;
  assert(sent <= latest, name, `sent later than ${iso(latest)}`);
}

/** Of one group: no digest stands within another, and what came before a window ended is in it. */
function judgeGroup(
  { history, wishes, cuts }: Record,
  wish: number,
  wanted: readonly Told[],
  digests: readonly Heard[],
): void {
  for (const [place, digest] of digests.entries()) {
    const next = digests[place + 1];
    const group = firstOf(digest).told.group;
    const name = `s${wish}, digest ${digest.id} of ${group}:`;
    const between = wanted
      .slice(firstOf(digest).index, lastOf(digest).index + 1)
      .filter((one) => one.group === group);
    const steady = steadyIn(
      wishes[wish] ?? [],
      firstOf(digest).told.at,
      (next ? firstOf(next) : lastOf(digest)).told.at,
    );
    if (!steady) continue;
    assert(between.length === digest.events.length, name, "another one lies within it");
    if (!next) continue;
    const settings = digestOf(steady, firstOf(digest).told.type);
    if (settings === null) continue;
    const zone = history.zones[firstOf(digest).told.account] ?? "UTC";
    const end = dueOf(settings, firstOf(digest).told.at, lastOf(digest).told.at, zone);
    const late = leewayMs + (cuts.length > 0 ? leaseMs : 0);
    const began = firstOf(next).told.at;
    assert(
      began + late >= end,
      name,
      `split: an event of ${iso(began)} is not in it, its window ended at ${iso(end)}`,
    );
  }
}

function digestOf({ digest }: Wish, type: string): Digest | null {
  return digest?.events && !digest.events.some((pattern) => matchesPattern(pattern, type)) ? null : digest;
}

type Wishes = readonly { readonly at: number; readonly wish: Wish }[];

function wishAt(wishes: Wishes, at: number): Wish {
  return (wishes.findLast((one) => one.at <= at) ?? wishes[0])?.wish as Wish;
}

/** How a subscription was all the time between, or null when it was changed. */
function steadyIn(wishes: Wishes, from: number, to: number): Wish | null {
  const changed = wishes.slice(1).some(({ at }) => at >= from - leaseMs && at <= to);
  return changed ? null : wishAt(wishes, from);
}
