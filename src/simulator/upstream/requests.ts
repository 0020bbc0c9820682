/** One request that reached the simulated Pixieset. */
export interface UpstreamRequest {
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The session it carried; null without a valid one. */
  readonly session: string | null;
  /** Null while it runs, and for good when the connection broke or no answer ever came. */
  status: number | null;
  /** The fault that hit it. */
  fault: string | null;
  /** Requests of the same session running at that moment, this one included. */
  readonly concurrent: number;
  readonly userAgent: string | null;
  /** Whether a browser sent it: only those say what a request is for, in `sec-fetch-*`. */
  readonly fromBrowser: boolean;
}

/** What the client asked for, bounded. */
export interface RequestLog {
  readonly entries: readonly UpstreamRequest[];
  begin(entry: Omit<UpstreamRequest, "sequence" | "at" | "status" | "fault" | "concurrent">): UpstreamRequest;
  end(entry: UpstreamRequest): void;
  readonly total: number;
  /** Requests in the last 60 seconds. */
  lastMinute(): number;
  /** Counts by minute (ISO 8601 to the minute), the last two hours. */
  readonly perMinute: ReadonlyMap<string, number>;
  clear(): void;
}

const kept = 20_000;
const keptMinutes = 120;

/** An empty log; `onRequest` is told of every request when it is over. */
export function createRequestLog(
  now: () => number,
  onRequest?: (request: UpstreamRequest) => void,
): RequestLog {
  const entries: UpstreamRequest[] = [];
  const perMinute = new Map<string, number>();
  const running = new Map<string, number>();
  let total = 0;
  return {
    entries,
    perMinute,
    get total() {
      return total;
    },
    begin(request) {
      total += 1;
      const at = new Date(now()).toISOString();
      const key = request.session ?? "none";
      const concurrent = (running.get(key) ?? 0) + 1;
      running.set(key, concurrent);
      const entry = { ...request, sequence: total, at, status: null, fault: null, concurrent };
      entries.push(entry);
      if (entries.length > kept) entries.splice(0, entries.length - kept);
      const minute = at.slice(0, 16);
      perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
      for (const old of [...perMinute.keys()].slice(0, -keptMinutes)) perMinute.delete(old);
      return entry;
    },
    end(entry) {
      const { session } = entry;
      const left = (running.get(session ?? "none") ?? 1) - 1;
      if (left > 0) running.set(session ?? "none", left);
      else running.delete(session ?? "none");
      onRequest?.(entry);
    },
    lastMinute() {
      const since = new Date(now() - 60_000).toISOString();
      const recent = entries.findLastIndex(({ at }) => at <= since);
      return entries.length - recent - 1;
    },
    clear() {
      entries.length = 0;
      perMinute.clear();
      total = 0;
    },
  };
}
