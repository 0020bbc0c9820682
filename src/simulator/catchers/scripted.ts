import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";

/** One answer of an HTTP catcher, instead of its usual one. */
export interface ScriptedAnswer {
  readonly status?: number | undefined;
  readonly body?: string | undefined;
  /** Seconds, or an HTTP date. */
  readonly retryAfter?: number | string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly delayMs?: number | undefined;
  /** `hang` never answers; `reset` breaks the connection. */
  readonly trouble?: "hang" | "reset" | undefined;
  /** Only for this path; any unless told. */
  readonly path?: string | undefined;
  /** How often it is given, once unless told; Infinity until replaced. */
  readonly times?: number | undefined;
}

/** Answers to come, in order, by path. */
export interface Script {
  add(answers: readonly ScriptedAnswer[]): void;
  clear(): void;
  /** The next one for this path, used up; null: answer as usual. */
  take(path: string): ScriptedAnswer | null;
}

/** An empty script: everything is answered as usual. */
export function createScript(): Script {
  let queue: { answer: ScriptedAnswer; left: number }[] = [];
  return {
    add(answers) {
      queue.push(...answers.map((answer) => ({ answer, left: answer.times ?? 1 })));
    },
    clear() {
      queue = [];
    },
    take(path) {
      const entry = queue.find(({ answer }) => answer.path === undefined || answer.path === path);
      if (!entry) return null;
      entry.left -= 1;
      if (entry.left <= 0) queue = queue.filter((other) => other !== entry);
      return entry.answer;
    },
  };
}

type CatcherContext = Context<{ Bindings: HttpBindings }>;

/** Gives a scripted answer over the wire. Ends early when the catcher closes. */
export async function giveScripted(
  answer: ScriptedAnswer,
  { env }: CatcherContext,
  closing: AbortSignal,
): Promise<Response> {
  if (answer.delayMs) await sleep(answer.delayMs, undefined, { signal: closing }).catch(() => undefined);
  if (answer.trouble === "reset") {
    env.incoming.socket.resetAndDestroy();
    return RESPONSE_ALREADY_SENT;
  }
  if (answer.trouble === "hang") {
    await new Promise<void>((resolve) => {
      env.outgoing.once("close", resolve);
      closing.addEventListener("abort", () => resolve(), { once: true });
    });
    return RESPONSE_ALREADY_SENT;
  }
  const headers = new Headers(answer.headers);
  if (answer.retryAfter !== undefined) headers.set("retry-after", String(answer.retryAfter));
  const status = answer.status ?? 200;
  return new Response(status === 204 ? null : (answer.body ?? ""), { status, headers });
}
