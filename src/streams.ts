import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { Following } from "./services/events.js";

/** Seats of streams: each holder has some in this process. */
export interface Seats {
  /** Takes a seat; a function that gives it back. Null when all are taken. */
  take(holder: string): (() => void) | null;
}

export function createSeats(perHolder: number): Seats {
  const taken = new Map<string, number>();
  return {
    take(holder) {
      const before = taken.get(holder) ?? 0;
      if (before >= perHolder) return null;
      taken.set(holder, before + 1);
      let isBack = false;
      return () => {
        if (isBack) return;
        isBack = true;
        const left = (taken.get(holder) ?? 1) - 1;
        if (left > 0) taken.set(holder, left);
        else taken.delete(holder);
      };
    },
  };
}

/** One message of server-sent events. `id` and `event` have one line. */
export function messageText(message: { id?: string; event?: string; data: string }): string {
  const lines = message.data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  const event = message.event === undefined ? "" : `event: ${message.event}\n`;
  return `${event}${lines.join("")}${message.id === undefined ? "" : `id: ${message.id}\n`}\n`;
}

type Followed = Following extends AsyncIterable<infer Event> ? Event : never;

export interface StreamOptions {
  /** What is told, until `signal` aborts. */
  follow(signal: AbortSignal): Following;
  /** Some events that came at once, as text of the stream; "" for nothing. */
  write(events: readonly Followed[]): string | Promise<string>;
  /** What stands before the first event. */
  begin?(how: Awaited<Following["begun"]>): string;
  /** Aborts when the stream has to end; looks until `gone`. */
  ended(gone: AbortSignal): AbortSignal;
  readonly heartbeatMs: number;
  /** How long a reader may take nothing before it is let go; absent: it is waited for. */
  readonly patienceMs?: number;
  /** Hears why a stream ended early. */
  onFailure?(error: unknown): void;
  /** Called once, at the end. */
  left(): void;
}

/** Events that are taken together at most: what is held for one reader. */
const mostAtOnce = 50;

/** Answers with a stream of events that goes on until either side goes away, and waits for a reader that is slow. */
export function streamEvents(c: Context, options: StreamOptions): Response {
  c.header("x-accel-buffering", "no");
  return streamSSE(c, async (out) => {
    const gone = new AbortController();
    // At once, and not when the last read has ended: the reader may be back before that.
    gone.signal.addEventListener("abort", () => options.left(), { once: true });
    out.onAbort(() => gone.abort());
    const ended = options.ended(AbortSignal.any([gone.signal, c.req.raw.signal]));
    const say = sayTo(c, out, options.patienceMs);
    const heartbeat = beat(say, options.heartbeatMs);
    try {
      const events = options.follow(AbortSignal.any([ended, gone.signal]));
      const how = await events.begun;
      await say(`retry: 3000\n: connected\n\n${options.begin?.(how) ?? ""}`);
      for await (const some of inBatches(events, mostAtOnce)) {
        if (ended.aborted || gone.signal.aborted) break;
        const text = await options.write(some);
        if (text !== "") await say(text);
      }
    } catch (error) {
      // The status is sent; ending the stream makes the reader come back after its last event.
      if (!ended.aborted && !gone.signal.aborted) options.onFailure?.(error);
    } finally {
      clearInterval(heartbeat);
      gone.abort();
    }
  });
}

/** Writes, and lets a reader go that takes nothing for too long: its socket too, which would hold what was written. */
function sayTo(c: Context, out: SSEStreamingApi, patienceMs: number | undefined) {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { destroy?: () => void } } };
  return async (text: string): Promise<void> => {
    if (patienceMs === undefined) return void (await out.write(text));
    const late = setTimeout(() => {
      out.abort();
      incoming?.socket?.destroy?.();
    }, patienceMs);
    await out.write(text);
    clearTimeout(late);
  };
}

/** Says now and then that the stream lives. Not while the reader takes nothing: what is said would pile up. */
function beat(say: (text: string) => Promise<void>, everyMs: number): NodeJS.Timeout {
  let isTaken = true;
  return setInterval(() => {
    if (!isTaken) return;
    isTaken = false;
    void say(": alive\n\n").then(() => {
      isTaken = true;
    });
  }, everyMs);
}

/** What comes at once, together. Nothing is waited for: what is not there yet begins the next batch. */
async function* inBatches<T>(items: AsyncIterable<T>, most: number): AsyncGenerator<T[], void> {
  const iterator = items[Symbol.asyncIterator]();
  const ask = () => {
    const asked = iterator.next();
    // Heard of when it is waited for: what came before it is handed on first.
    asked.catch(() => undefined);
    return asked;
  };
  let next = ask();
  try {
    for (;;) {
      const batch: T[] = [];
      let result: IteratorResult<T, unknown> | null = await next;
      while (result !== null && result.done !== true) {
        batch.push(result.value);
        next = ask();
        result = batch.length < most ? await atOnce(next) : null;
      }
      if (batch.length > 0) yield batch;
      if (result?.done === true) return;
    }
  } finally {
    // Not waited for: what follows ends when its signal does.
    void iterator.return?.()?.then(undefined, () => undefined);
  }
}

/** What a promise has come to already, or is about to; null when that takes longer, or fails. */
function atOnce<T>(promise: Promise<T>): Promise<T | null> {
  const soon = new Promise<null>((resolve) => setImmediate(resolve, null));
  return Promise.race([promise.catch(() => null), soon]);
}
