import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { PixiehookEvent } from "../../domain/event.js";
import { messageOf } from "../../errors.js";
import { createRecent } from "../../recent.js";
import { type Client, UnansweredError } from "../remote/client.js";
import { createServerSentReader } from "../remote/server-sent.js";

/** An event as it came: `body` is the frozen text. */
export interface Tailed {
  readonly event: PixiehookEvent;
  readonly body: string;
}

export interface TailOptions {
  /** Which events are wanted: `account` and `type`, as the API takes them. */
  readonly query: URLSearchParams;
  /** The event that it goes on after; null for the newest there is. */
  readonly after: PixiehookEvent | null;
  readonly signal: AbortSignal;
  /** The connection was lost; it is sought again until it is back. */
  readonly onLost: (reason: string) => void;
  readonly onBack: () => void;
  /** Without a sign of life for so long (ms) a connection counts as lost; the service gives one every 15 s. */
  readonly silenceMs?: number;
  /** A connection counts as back when it has lasted for so long (ms) or brought an event: a service that ends takes some, too. */
  readonly steadyMs?: number;
  /** The first wait (ms) before it is sought again; each further one is twice as long, up to 5 s. */
  readonly retryMs?: number;
}

const longestWaitMs = 5_000;
/** As long as there is no event at all, nothing can be gone on after: it is asked for the first. */
const firstEveryMs = 500;
const rememberedIds = 10_000;
const anyEvent = z.custom<PixiehookEvent>((value) => typeof value === "object" && value !== null);

/** The newest event of all; null when there is none. */
export async function newestEvent(client: Client): Promise<PixiehookEvent | null> {
  return (await client.list("/v1/events", anyEvent, 1))[0] ?? null;
}

/** Null: there is no such event, or none any more. */
export async function findEvent(client: Client, id: string): Promise<PixiehookEvent | null> {
  return client.get(`/v1/events/${encodeURIComponent(id)}`, anyEvent).catch((error: unknown) => {
    if (error instanceof UnansweredError && error.status === 404) return null;
    throw error;
  });
}

/**
 * Every wanted event after one, in the order of their commits, each once, until `signal` aborts. A connection that is
 * lost is sought for ever. Throws `UnansweredError` when the service refuses to answer.
 */
export async function* tail(client: Client, options: TailOptions): AsyncGenerator<Tailed> {
  const { signal, onLost, onBack, retryMs = 500 } = options;
  const seen = createRecent<true>(rememberedIds);
  let last = options.after;
  let isLost = false;
  let failures = 0;

  const onAlive = () => {
    if (isLost) onBack();
    isLost = false;
    failures = 0;
  };

  while (!signal.aborted) {
    try {
      for await (const tailed of onwards(client, last, options, onAlive)) {
        last = tailed.event;
        if (seen.get(tailed.event.id)) continue;
        seen.set(tailed.event.id, true, 1);
        yield tailed;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isLasting(error)) throw error;
      if (!isLost) onLost(messageOf(error));
      isLost = true;
      const wait = Math.min(longestWaitMs, retryMs * 2 ** failures++) * (0.75 + Math.random() / 2);
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Whether asking again would be of no use. */
function isLasting(error: unknown): boolean {
  if (!(error instanceof UnansweredError) || error.status === null) return false;
  return error.status < 500 && error.status !== 429 && error.status !== 408;
}

/** What comes after an event, over one connection. Ends by throwing. */
async function* onwards(
  client: Client,
  last: PixiehookEvent | null,
  options: TailOptions,
  onAlive: () => void,
): AsyncGenerator<Tailed> {
  const { query, signal } = options;
  const from = last ?? (yield* first(client, options, onAlive));
  let id = from.id;
  // Retention may have taken it, or a Redis that lost its last second: what follows is told by its time then.
  if ((await findEvent(client, id)) === null) {
    // Taken before the list, for where that has nothing: what comes in between comes by the stream.
    id = ((await newestEvent(client)) ?? (yield* first(client, options, onAlive))).id;
    const later = new URLSearchParams([...query, ["order", "asc"], ["since", from.timestamp]]);
    for (const event of await client.list(`/v1/events?${later}`, anyEvent)) {
      id = event.id;
      yield { event, body: JSON.stringify(event) };
    }
  }
  for await (const { event, data } of connect(client, `/v1/events/stream?${query}`, id, options, onAlive)) {
    if (signal.aborted) return;
    // All that is kept would follow, seen or not: the place is sought anew, by its time.
    if (event === "reset") throw new Error("the service does not keep the last event any more");
    yield { event: JSON.parse(data) as PixiehookEvent, body: data };
  }
  throw new Error("the service ended it");
}

/** Waits for the first event there ever was. It is handed on where it is wanted. */
async function* first(
  client: Client,
  { query, signal }: TailOptions,
  onAlive: () => void,
): AsyncGenerator<Tailed, PixiehookEvent> {
  for (;;) {
    const [event] = await client.list("/v1/events?order=asc", anyEvent, 1);
    onAlive();
    if (event) {
      const only = new URLSearchParams([...query, ["order", "asc"]]);
      const [wanted] = await client.list(`/v1/events?${only}`, anyEvent, 1);
      if (wanted?.id === event.id) yield { event, body: JSON.stringify(event) };
      return event;
    }
    await sleep(firstEveryMs, undefined, { signal });
  }
}

/** The messages of a stream. Throws when nothing comes for too long. */
async function* connect(
  client: Client,
  path: string,
  after: string,
  { signal, silenceMs = 45_000, steadyMs = 1_000 }: TailOptions,
  onAlive: () => void,
) {
  const lost = new AbortController();
  const stop = () => lost.abort(signal.reason);
  signal.addEventListener("abort", stop);
  let timer: NodeJS.Timeout | undefined;
  let steady: NodeJS.Timeout | undefined;
  // Only while something is waited for: whoever takes the events may be slow.
  const watch = () => {
    timer = setTimeout(
      () => lost.abort(new Error(`nothing was heard for ${silenceMs / 1_000} s`)),
      silenceMs,
    );
  };
  const read = createServerSentReader();
  try {
    const bytes = await client.stream(path, { "last-event-id": after }, lost);
    steady = setTimeout(onAlive, steadyMs);
    watch();
    for await (const chunk of bytes) {
      clearTimeout(timer);
      const messages = read(chunk);
      if (messages.length > 0) onAlive();
      yield* messages;
      watch();
    }
  } catch (error) {
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    clearTimeout(timer);
    clearTimeout(steady);
    signal.removeEventListener("abort", stop);
    lost.abort();
  }
}
