import type { Account } from "../domain/account.js";
import { readsHead } from "../domain/head.js";
import { isTimeToRename, needsSecondLook } from "../domain/health.js";
import { sourceId } from "../domain/ids.js";
import { accountRestMs } from "../domain/polling.js";
import { type SourceState, uncompared } from "../domain/source.js";
import type { Gate, Reading, ReadOutcome, Scan, UpstreamFailure } from "../domain/upstream.js";
import { messageOf } from "../errors.js";
import type { Stop } from "../queues/wake-ups.js";
import { type Chooser, createChooser } from "./choose.js";
import { commitFailure, commitScan } from "./commit.js";
import { digestScan, isContent } from "./digest.js";
import { type BudgetGate, createGate, listeners } from "./gate.js";
import { iso, type Parts, sliceMs, type UpstreamParts } from "./parts.js";
import { reviveSession } from "./revive.js";
import { loseSession } from "./session.js";
import { reconcileSources } from "./sources.js";
import type { CommitReport, Poll } from "./write.js";

/** What one source's turn came to: go on with the next, or end the slice (until `at`, when it is known). */
type Turn = { readonly go: true } | { readonly go: false; readonly at: number | null };

/**
 * The account actor: polls the account's sources, those with an appointment first and then the ones with the greatest
 * index, within its budget, for one slice of time.
 * Only one runs at a time for an account; should an older one still be about, its writes are refused.
 */
export async function pollAccount(id: string, parts: Parts & UpstreamParts, stop: Stop): Promise<void> {
  const { store, now } = parts;
  const generation = await store.due.generation("poll", id);
  const account = await store.accounts.get(id);
  if (account?.readBy === "browser" && !(await store.errands.isAttended(id))) {
    // It is woken by the first browser that asks for something to do.
    await store.due.settle("poll", id, generation, null, now());
    return;
  }
  if (account?.session.status !== "active") {
    const next = account ? await reviveSession(account, parts, stop) : null;
    await store.due.settle("poll", id, generation, next, now());
    return;
  }
  const fence = await store.accounts.takeFence(id);
  if (fence === null) return;
  await reconcileSources(account, fence, parts, now());
  let chooser = await createChooser(account, fence, parts);

  const until = now() + sliceMs;
  const gate = createGate(account, "poll", store.budget, { stop, now, until, ...listeners(id, parts) });
  const listing = sourceId(id, "collections", null);
  // Until something is known, there is work: an account that is cut off here must not fall asleep.
  let next: number | null = now();
  while (!stop.draining.aborted && now() < until) {
    // Chosen only when a request may be made: what was urgent a moment ago need not be the most urgent by then.
    if (!(await gate.whenFree(until))) {
      next = gate.notBefore() ?? now();
      break;
    }
    const chosen = await chooser.pick();
    if (chosen.id === null) {
      next = Number.isFinite(chosen.at) ? chosen.at : null;
      break;
    }
    const turn = await pollSource(account, chosen, fence, chooser, parts, gate);
    next = turn.go ? now() : turn.at;
    if (!turn.go) break;
    if (chosen.id === listing && (await reconcileSources(account, fence, parts, now())))
      chooser = await createChooser(account, fence, parts);
  }
  await store.due.settle("poll", id, generation, next, now());
  if (next !== null) parts.wakeUps.wakeSoon("poll", id, next);
}

async function pollSource(
  account: Account,
  { id, asked }: { readonly id: string; readonly asked: boolean },
  fence: string,
  chooser: Chooser,
  parts: Parts & UpstreamParts,
  gate: BudgetGate,
): Promise<Turn> {
  const { store, log, metrics, now } = parts;
  const found = await store.sources.get(account.id, id);
  if (!found) {
    await store.sources.unschedule(account.id, id);
    chooser.put(id, null);
    return { go: true };
  }
  const ticket = await store.accounts.takeTicket(account.id);
  const startedAt = now();
  let looked: Looked;
  try {
    const hint = chooser.hintFor(found.state);
    const whole = asked || chooser.readsWhole(id);
    const failing = () => chooser.failing(id);
    looked = await look({ account, fence, ticket, startedAt, whole, hint, failing, ...found }, gate, parts);
  } finally {
    await gate.leave();
  }
  const { outcome, state, result } = looked;
  if (result === null) return { go: false, at: gate.notBefore() ?? now() };
  const { commit, events, records, changed } = result;
  const durationMs = now() - startedAt;
  metrics.polls.inc({ resource: state.resource, outcome: outcome.kind });
  metrics.pollSeconds.observe({ resource: state.resource }, durationMs / 1_000);
  log.info(
    {
      account: account.id,
      source: id,
      resource: state.resource,
      collection: state.scope?.id,
      outcome: outcome.kind,
      reason: outcome.kind === "scan" ? undefined : outcome.reason,
      durationMs,
      commit,
      events,
      records,
      ...(outcome.kind === "scan" ? { requests: outcome.pages, head: outcome.head !== undefined } : {}),
    },
    "poll",
  );
  // Someone else wrote this source meanwhile: what was read is old, and whoever is newer goes on.
  if (commit === "fenced" || commit === "conflict") return { go: false, at: now() + 1_000 };
  if (outcome.kind === "scan") await chooser.read(found.state, result.state, outcome, changed);
  else chooser.put(id, result.state);
  return react(account, outcome, state.failures, parts);
}

/** What a look at a list came to; nothing was written when it was broken off. */
interface Looked {
  readonly outcome: ReadOutcome;
  readonly state: SourceState;
  readonly result: CommitReport | null;
}

/** Reads a list, twice where once does not do, and writes what it says. */
async function look(before: Omit<Poll, "probe">, gate: Gate, parts: Parts & UpstreamParts): Promise<Looked> {
  const upstream = parts.upstreamFor(before.account);
  let { state, version } = before;
  const read = (how: Partial<Reading> = {}) =>
    upstream.read(state, { ...readingOf({ ...before, state }), ...how }, gate).catch(unreadable);
  const poll = (): Poll => ({ ...before, state, version, probe: () => upstream.probe(gate) });
  async function commit(outcome: ReadOutcome) {
    if (outcome.kind !== "scan") return outcome;
    try {
      return await commitScan(poll(), outcome, parts);
    } catch (error) {
      const failure = unreadable(error);
      // Some steps may have been written before.
      const now = await parts.store.sources.get(before.account.id, state.id);
      if (now) ({ state, version } = now);
      return failure;
    }
  }
  let outcome = await read();
  if (outcome.kind === "scan" && needsSecondLook(state, outcome)) {
    const { contentHash } = await digestScan(outcome, state.buckets);
    state = { ...state, contentHash, paging: outcome.paging };
    outcome = await read();
  }
  if (outcome.kind === "shape_changed" && outcome.lostIdentity && isTimeToRename(state))
    outcome = await read({ identity: null, fresh: true });
  let result = await commit(outcome);
  if (result === "unread") {
    // Rows that look as they did when this process last read them, while another has seen them otherwise since.
    const now = await parts.store.sources.get(before.account.id, state.id);
    if (now) ({ state, version } = now);
    outcome = await read({ fresh: true });
    result = await commit(outcome);
  }
  if (result === "unread") throw new TypeError("A list that was read anew was not");
  if (!("kind" in result)) return { outcome, state, result };
  if (result.kind === "aborted") return { outcome: result, state, result: null };
  return { outcome: result, state, result: await commitFailure(poll(), result, parts) };
}

/**
 * How a list is read: a first look reads every row, whatever is remembered; where records are missing or could not be
 * judged (then there is no content hash), the list is read to its end. Where it is known to be newest-first, most
 * readings may end at its head.
 */
function readingOf({ account, state, startedAt, whole }: Omit<Poll, "probe">): Reading {
  const { paging, identity, baselined, missing, contentHash } = state;
  const isCommitted = (content: Scan["content"]) => isContent(content, contentHash);
  const isHead = !whole && readsHead(account, state, startedAt);
  const head = isHead ? { isCommitted, at: iso(startedAt) } : null;
  // A second look at what is missing, or at a first list, says something of its own: it has to be of the same login.
  const isSaid = async (scan: Scan) =>
    baselined && missing === 0 && (await digestScan(scan, state.buckets)).contentHash === contentHash;
  const { user } = account.session;
  const whose = account.readBy === "browser" ? { user, isSaid } : null;
  const how = { fresh: !baselined, toTheEnd: missing > 0 || contentHash === null, whose };
  return { paging, identity: identity?.by ?? null, aside: uncompared(state), head, ...how };
}

/** A bug that one list brings out must not stop the others; a lost connection to Redis is no such thing. */
function unreadable(error: unknown): UpstreamFailure {
  const bug = [TypeError, RangeError, SyntaxError, ReferenceError].some((kind) => error instanceof kind);
  if (!bug) throw error;
  return { kind: "shape_changed", reason: `This list brought out a bug in pixiehook: ${messageOf(error)}` };
}

/** What the whole account does after an outcome. */
async function react(account: Account, outcome: ReadOutcome, failures: number, parts: Parts): Promise<Turn> {
  if (outcome.kind === "expired" || outcome.kind === "challenged") {
    await loseSession(account, outcome.kind, outcome.reason, parts);
    return { go: false, at: null };
  }
  const rest = accountRestMs(outcome, failures);
  if (rest !== null) await parts.store.budget.rest(account.id, rest);
  return { go: true };
}
