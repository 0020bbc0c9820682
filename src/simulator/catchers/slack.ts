import { setMaxListeners } from "node:events";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { listen } from "../http.js";
import { checkMessage, type Violation } from "./blocks.js";
import { type Catcher, type CatcherOptions, createInbox } from "./catcher.js";
import { createScript, giveScripted, type ScriptedAnswer } from "./scripted.js";

/** One request to the incoming webhook. */
export interface CaughtSlackMessage {
  /** ISO 8601. */
  readonly at: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The message, or null when it is not JSON. */
  readonly message: { readonly text?: string; readonly blocks?: readonly unknown[] } | null;
  readonly violations: readonly Violation[];
  /** Whether Slack would have shown it. */
  readonly accepted: boolean;
  /** The status and word it was answered with; status null for a hang or reset. */
  readonly status: number | null;
  readonly answer: string;
}

/** States of a Slack webhook in which it takes nothing. */
const states = {
  no_service: 404,
  channel_not_found: 404,
  channel_is_archived: 410,
  action_prohibited: 403,
  invalid_token: 403,
} as const;
type SlackState = "open" | keyof typeof states;

/** A Slack that keeps what it gets. */
export interface SlackCatcher extends Catcher<CaughtSlackMessage> {
  /** An incoming-webhook address; `url` is only the origin. */
  readonly webhookUrl: string;
  /** Puts the webhook into a state in which it takes nothing, or opens it again. */
  setState(state: SlackState): void;
  /** More than one message a second is answered with 429 and Retry-After. */
  setRateLimit(on: boolean): void;
  answer(...answers: readonly ScriptedAnswer[]): void;
  clearAnswers(): void;
}

/** A Slack that takes incoming-webhook messages and finds fault with them. */
export async function startSlackCatcher(
  options: CatcherOptions<CaughtSlackMessage> & { readonly rateLimit?: boolean } = {},
): Promise<SlackCatcher> {
  const inbox = createInbox<CaughtSlackMessage>("Slack messages", options.onReceived);
  const script = createScript();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const latest = new Map<string, number>();
  let state: SlackState = "open";
  let limited = options.rateLimit ?? false;

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get("/control/received", (context) => context.json({ data: inbox.received }));
  app.post("/services/*", async (context) => {
    const { path } = context.req;
    const body = await context.req.text();
    const headers = context.req.header();
    const note = (result: Pick<CaughtSlackMessage, "violations" | "accepted" | "status" | "answer">): void =>
      inbox.add({ at: new Date().toISOString(), path, headers, body, message: parse(body), ...result });

    const scripted = script.take(path);
    if (scripted) {
      const status = scripted.trouble ? null : (scripted.status ?? 200);
      const accepted = status === 200;
      note({ violations: checkMessage(parse(body)), accepted, status, answer: scripted.body ?? "" });
      return giveScripted(scripted, context, closing.signal);
    }
    const tooSoon = Date.now() - (latest.get(path) ?? 0) < 1000;
    if (limited && tooSoon) {
      note({ violations: [], accepted: false, status: 429, answer: "rate_limited" });
      return context.text("rate_limited", 429, { "retry-after": "1" });
    }
    latest.set(path, Date.now());
    const violations = checkMessage(parse(body));
    const { status, answer } = decide(state, parse(body), violations);
    note({ violations, accepted: status === 200, status, answer });
    return context.text(answer, status);
  });
  app.all("*", (context) => context.text("no_service", 404));

  const server = await listen(app, options.port ?? 0, options.host ?? "127.0.0.1");
  return {
    url: server.url,
    webhookUrl: `${server.url}/services/T00000000/B00000000/simulated`,
    received: inbox.received,
    waitFor: inbox.waitFor,
    setState(wanted) {
      state = wanted;
    },
    setRateLimit(on) {
      limited = on;
    },
    answer: (...answers) => script.add(answers),
    clearAnswers: script.clear,
    async close() {
      inbox.close();
      closing.abort();
      await server.close();
    },
  };
}

function decide(
  state: SlackState,
  message: CaughtSlackMessage["message"],
  violations: readonly Violation[],
): { status: 200 | 400 | 403 | 404 | 410; answer: string } {
  if (state !== "open") return { status: states[state], answer: state };
  if (message === null) return { status: 400, answer: "invalid_payload" };
  if (violations.some(({ path, fatal }) => fatal && path.startsWith("blocks"))) {
    return { status: 400, answer: "invalid_blocks" };
  }
  const empty = !message.text && (message.blocks ?? []).length === 0;
  if (empty) return { status: 400, answer: "no_text" };
  const tooLong = violations.some(({ path, fatal }) => fatal && path === "text");
  return tooLong ? { status: 400, answer: "msg_too_long" } : { status: 200, answer: "ok" };
}

function parse(text: string): CaughtSlackMessage["message"] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
