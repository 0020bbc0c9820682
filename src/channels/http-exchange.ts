import type { Dispatcher } from "undici";
import { type Ending, onEnd } from "./deadline.js";
import type { GuardedConnector } from "./http-connect.js";

/** An answer as it came. */
export interface Exchanged {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The beginning of the body. */
  readonly body: Buffer;
  readonly isWhole: boolean;
}

export interface ExchangeOptions {
  readonly dispatcher: () => Dispatcher;
  readonly madeAt: GuardedConnector["madeAt"];
  /** From DNS to the last byte, milliseconds. */
  readonly deadlineMs: number;
  /** Bytes of the body that are kept. */
  readonly keptBytes: number;
  /** Bytes of the body above which the answer is given up. */
  readonly maxBytes: number;
}

export type ExchangeRequest = Pick<Dispatcher.DispatchOptions, "path" | "headers" | "body"> & {
  readonly origin: string;
};

/** We gave up, although nothing was wrong on the line. */
export class GivenUpError extends Error {
  constructor(
    readonly why: Ending | "too long",
    /** Of the answer, as far as it came. */
    readonly status = 0,
  ) {
    super(why);
  }
}

/** One POST and its answer. A plain handler, since undici's streams cost more than all the rest. */
export function exchange(
  { dispatcher, madeAt, deadlineMs, keptBytes, maxBytes }: ExchangeOptions,
  request: ExchangeRequest,
  signal: AbortSignal,
): Promise<Exchanged> {
  if (signal.aborted) return Promise.reject(new GivenUpError("stopped"));
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const chunks: Buffer[] = [];
    let length = 0;
    let status = 0;
    let headers: Exchanged["headers"] = {};
    let controller: Dispatcher.DispatchController | null = null;
    let isDone = false;
    let isRepeat = false;
    const release = onEnd(deadlineMs, signal, (why) => fail(new GivenUpError(why, status)));

    // The caller does not wait for undici, which tells of an abort only once it is connected.
    function fail(error: Error): void {
      if (isDone) return;
      isDone = true;
      release();
      controller?.abort(error);
      reject(error);
    }

    function send(): void {
      dispatcher().dispatch({ ...request, method: "POST" }, handler);
    }

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started;
        if (isDone) started.abort(new GivenUpError("stopped"));
      },
      onResponseStart(_controller, statusCode, answered) {
        if (statusCode < 200) return;
        status = statusCode;
        headers = answered;
      },
      onResponseData(_controller, chunk) {
        if (length < keptBytes) chunks.push(chunk.subarray(0, keptBytes - length));
        length += chunk.length;
        if (length > maxBytes) fail(new GivenUpError("too long", status));
      },
      onResponseEnd() {
        if (isDone) return;
        isDone = true;
        release();
        const answer = { status, headers, body: Buffer.concat(chunks), isWhole: length <= keptBytes };
        // Undici frees the connection in its next immediate: a caller that goes on before would open another.
        queueMicrotask(() => setImmediate(resolve, answer));
      },
      onResponseError(_controller, error) {
        // A kept connection that the receiver was just closing. Unanswered, so the ladder would repeat the same id
        // anyway: once at once is what RFC 9112 (9.3.1) lets those do whose receivers can tell repeats.
        const made = madeAt(error);
        const isStale = made !== null && made < startedAt && status === 0;
        if (isDone || isRepeat || !isStale) return fail(error);
        isRepeat = true;
        return send();
      },
    };
    send();
  });
}
