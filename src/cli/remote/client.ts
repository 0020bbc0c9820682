import { z } from "zod";
import { messageOf } from "../../errors.js";

/** No answer, or not the one that was asked for. `status` is null when there was none. */
export class UnansweredError extends Error {
  constructor(
    readonly status: number | null,
    message: string,
  ) {
    super(message);
  }
}

/** Asks a running service over its HTTP API. Everything throws `UnansweredError`. */
export interface Client {
  get<T>(path: string, shape: z.ZodType<T>): Promise<T>;
  post<T>(path: string, body: object, shape: z.ZodType<T>): Promise<T>;
  /** A list from its first page to its last, or up to `most`. */
  list<T>(path: string, item: z.ZodType<T>, most?: number): Promise<T[]>;
}

const timeoutMs = 15_000;
const pageSize = 200;

/** `address`: without a trailing slash. */
export function createClient(address: string, token: string | null): Client {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };

  async function ask<T>(path: string, shape: z.ZodType<T>, sent: RequestInit): Promise<T> {
    // Never followed to another place: the token goes to the address that was named and nowhere else.
    const request = { redirect: "manual", signal: AbortSignal.timeout(timeoutMs), ...sent } as const;
    const response = await fetch(`${address}${path}`, request).catch((error: unknown) => {
      throw new UnansweredError(null, reasonOf(error));
    });
    const text = await response.text().catch((error: unknown) => {
      throw new UnansweredError(null, reasonOf(error));
    });
    const parsed = shape.safeParse(jsonOf(text));
    // Readiness is told with 503, and in the same form.
    if (parsed.success && (response.ok || response.status === 503)) return parsed.data;
    const told = problemSchema.safeParse(jsonOf(text));
    const detail = told.success ? told.data.detail : `it answered ${path} with ${response.status}`;
    throw new UnansweredError(
      response.status,
      response.ok ? `it answered ${path} in a form that is not known here` : detail,
    );
  }

  const get: Client["get"] = (path, shape) => ask(path, shape, { headers });

  return {
    get,
    post: (path, body, shape) =>
      ask(path, shape, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
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
  };
}

const problemSchema = z.object({ detail: z.string() });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Why a request was not answered; the cause says more than "fetch failed". */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return `no answer within ${timeoutMs / 1_000} s`;
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
