import { setTimeout as sleep } from "node:timers/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Fault } from "./faults.js";
import { isListTrouble } from "./paging.js";
import { type Refusal, refusals, refuse, tooMany } from "./refusals.js";
import type { UpstreamContext } from "./upstream.js";

/**
 * Lets a fault happen to a request. `proceed` makes the honest answer, for faults that spoil or delay it.
 * Ends early when the client goes away or the simulator closes.
 */
export async function answerFault(
  fault: Fault,
  context: UpstreamContext,
  settings: { readonly login: string; readonly now: number; readonly closing: AbortSignal },
  proceed: () => Promise<Response>,
): Promise<Response> {
  const delay = fault.delayMs ?? (fault.kind === "slow" ? 2000 : 0);
  // unref'd by the abort signal only: a closing simulator must not wait for a slow answer
  if (delay > 0) await sleep(delay, undefined, { signal: settings.closing }).catch(() => undefined);
  const { kind } = fault;
  if (kind === "slow" || kind === "bad-rows" || isListTrouble(kind)) return proceed();
  if (kind === "timeout") return never(context, settings.closing);
  if (kind === "reset") return reset(context);
  if (kind === "truncated") return truncated(await proceed());
  if (kind === "huge") return huge(await proceed());
  if (kind === "cut") return cutOff(context, await proceed());
  if (kind.startsWith("429")) {
    const form = kind === "429-date" ? "date" : kind === "429-none" ? "none" : "seconds";
    return tooMany(form, fault.retryAfterSeconds ?? 1, settings.now);
  }
  const answer = refuse(isRefusal(kind) ? kind : "500", settings.login);
  if (fault.retryAfterSeconds !== undefined)
    answer.headers.set("retry-after", String(fault.retryAfterSeconds));
  return answer;
}

function isRefusal(kind: string): kind is Refusal {
  return Object.hasOwn(refusals, kind);
}

async function never({ env }: UpstreamContext, closing: AbortSignal): Promise<Response> {
  await new Promise<void>((resolve) => {
    env.outgoing.once("close", resolve);
    closing.addEventListener("abort", () => resolve(), { once: true });
  });
  return RESPONSE_ALREADY_SENT;
}

function reset({ env }: UpstreamContext): Response {
  env.incoming.socket.resetAndDestroy();
  return RESPONSE_ALREADY_SENT;
}

/** Half of the body, well delivered: JSON that does not parse. */
async function truncated(answer: Response): Promise<Response> {
  const body = await answer.text();
  return new Response(body.slice(0, Math.ceil(body.length / 2)), {
    status: answer.status,
    headers: { "content-type": "application/json" },
  });
}

/** The honest answer behind 64 MiB of blanks: good JSON for whoever reads that far. */
async function huge(answer: Response): Promise<Response> {
  const mebibyte = new Uint8Array(1024 * 1024).fill(0x20);
  const body = new Uint8Array(await answer.arrayBuffer());
  let sent = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      controller.enqueue(sent <= 64 ? mebibyte.slice() : body);
      if (sent > 64) controller.close();
    },
  });
  return new Response(stream, { status: answer.status, headers: { "content-type": "application/json" } });
}

/** Promises the whole body, sends half of it and breaks the connection. */
async function cutOff({ env }: UpstreamContext, answer: Response): Promise<Response> {
  const body = Buffer.from(await answer.text());
  env.outgoing.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": body.length,
  });
  env.outgoing.write(body.subarray(0, Math.ceil(body.length / 2)), () => env.incoming.socket.destroy());
  return RESPONSE_ALREADY_SENT;
}
