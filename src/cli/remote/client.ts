import { z } from "zod";
import type { FieldError } from "../../api/problem.js";
import { messageOf } from "../../errors.js";

/** No answer, or not the one that was asked for. `status` is null when there was none. */
export class UnansweredError extends Error {
  constructor(
    readonly status: number | null,
    message: string,
    /** Of the problem that was answered. */
    readonly code: string | null = null,
    /** Each wrong place of what was sent. */
    readonly errors: readonly FieldError[] = [],
  ) {
    super(message);
  }
}

/** Asks a running service over its HTTP API. Everything throws `UnansweredError`. */
export interface Client {
  get<T>(path: string, shape: z.ZodType<T>): Promise<T>;
  /** `patienceMs`: where an answer may take longer than that to a question about what is stored. */
  post<T>(path: string, body: object, shape: z.ZodType<T>, patienceMs?: number): Promise<T>;
  put<T>(path: string, body: object, shape: z.ZodType<T>, patienceMs?: number): Promise<T>;
  patch<T>(path: string, body: object, shape: z.ZodType<T>): Promise<T>;
  /** A list from its first page to its last, or up to `most`. */
  list<T>(path: string, item: z.ZodType<T>, most?: number): Promise<T[]>;
  /** An answer that goes on until `end` aborts: its bytes as they come. */
  stream(
    path: string,
    headers: Readonly<Record<string, string>>,
    end: AbortController,
  ): Promise<AsyncIterable<Uint8Array>>;
}

const timeoutMs = 15_000;
const pageSize = 200;

/** `address`: without a trailing slash. When `stop` aborts, everything under way throws its reason. */
export function createClient(address: string, token: string | null, stop?: AbortSignal): Client {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };

  /** A request that ends with what `read` makes of its answer, or with the reason of `end`. */
  async function send<T>(
    path: string,
    request: RequestInit,
    { end, patienceMs = timeoutMs }: { end: AbortController; patienceMs?: number | undefined },
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const late = new UnansweredError(null, `no answer within ${patienceMs / 1_000} s`);
    const timer = setTimeout(() => end.abort(late), patienceMs);
    try {
      // Never followed to another place: the token goes to the address that was named and nowhere else.
      const sent = { headers, redirect: "manual", signal: end.signal, ...request } as const;
      return await read(await fetch(`${address}${path}`, sent));
    } catch (error) {
      if (end.signal.aborted) throw end.signal.reason;
      throw error instanceof UnansweredError ? error : new UnansweredError(null, reasonOf(error));
    } finally {
      clearTimeout(timer);
    }
  }

  async function ask<T>(path: string, shape: z.ZodType<T>, request: RequestInit, patienceMs?: number) {
    stop?.throwIfAborted();
    const end = new AbortController();
    const forward = () => end.abort(stop?.reason);
    stop?.addEventListener("abort", forward);
    const answer = send(path, request, { end, patienceMs }, async (response) => {
      const text = await response.text();
      const parsed = shape.safeParse(jsonOf(text));
      // Readiness is told with 503, and in the same form.
      if (parsed.success && (response.ok || response.status === 503)) return parsed.data;
      throw failureOf(path, response, text);
    });
    return answer.finally(() => stop?.removeEventListener("abort", forward));
  }

  const sending = (method: string): Client["post"] => {
    const sent = { method, headers: { ...headers, "content-type": "application/json" } };
    return (path, body, shape, patienceMs) =>
      ask(path, shape, { ...sent, body: JSON.stringify(body) }, patienceMs);
  };

  const get: Client["get"] = (path, shape) => ask(path, shape, {});

  return {
    get,
    post: sending("POST"),
    put: sending("PUT"),
    patch: sending("PATCH"),
    async list(path, item, most = Infinity) {
      const page = z.object({ data: z.array(item), next: z.string().nullable() });
      const start = `${path}${path.includes("?") ? "&" : "?"}limit=${Math.min(pageSize, most)}`;
      const { data: all, next } = await get(start, page);
      for (let after = next; after !== null && all.length < most; ) {
        const more = await get(`${start}&after=${encodeURIComponent(after)}`, page);
        all.push(...more.data);
        after = more.next;
      }
      return all;
    },
    stream(path, more, end) {
      return send(path, { headers: { ...headers, ...more } }, { end }, async (response) => {
        if (response.ok && response.body !== null) return response.body;
        throw failureOf(path, response, await response.text());
      });
    },
  };
}

function failureOf(path: string, { ok, status }: Response, text: string): UnansweredError {
  if (ok) return new UnansweredError(status, `it answered ${path} in a form that is not known here`);
  const told = problemSchema.safeParse(jsonOf(text));
  if (!told.success) return new UnansweredError(status, `it answered ${path} with ${status}`);
  const { detail, code = null, errors } = told.data;
  return new UnansweredError(status, detail, code, errors);
}

const problemSchema = z.object({
  detail: z.string(),
  code: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Why a request was not answered; the cause says more than "fetch failed". */
function reasonOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
