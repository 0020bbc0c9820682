import type { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { thawEvent } from "../../domain/event.js";
import { accountOf } from "../../domain/ids.js";
import type { DashboardEnv } from "../env.js";
import type { DashboardContext } from "../options.js";
import { EventRow } from "../parts/event-row.js";

const heartbeatMs = 15_000;

/** New events as rows of the list, ready to be put on the page. */
export function registerLive(app: Hono<DashboardEnv>, context: DashboardContext): void {
  const { services, entrance, now, describe, signal } = context;

  app.get("/live", (c) => {
    // A browser that comes back names the last event it saw; the page names the newest that it shows.
    const given = c.req.header("last-event-id") ?? c.req.query("after") ?? "";
    const from = accountOf(given) === null ? null : given;
    if (c.req.method === "HEAD") return c.body(null, 200, { "content-type": "text/event-stream" });
    c.header("x-accel-buffering", "no");
    return streamSSE(c, async (out) => {
      const gone = new AbortController();
      out.onAbort(() => gone.abort());
      const closed = AbortSignal.any([signal, c.req.raw.signal, gone.signal]);
      const ended = AbortSignal.any([closed, entrance.watch(c.get("tokenId"), gone.signal)]);
      const heartbeat = setInterval(() => void out.write(": alive\n\n"), heartbeatMs);
      try {
        const resumed = services.events.follow(from, ended);
        // A page that is older than what is kept goes on with what is new: it cannot show a month of events.
        const isLost = (await resumed.begun) === "lost";
        const events = isLost ? services.events.follow(null, ended) : resumed;
        await out.write("retry: 3000\n: connected\n\n");
        for await (const { id, body } of events) {
          if (ended.aborted) break;
          const event = thawEvent(body);
          const row = <EventRow event={event} sentence={describe(event)} now={now()} />;
          await out.writeSSE({ id, data: String(await row) });
        }
      } catch {
        // Ending the stream makes the browser come back after its last event.
      } finally {
        clearInterval(heartbeat);
        gone.abort();
      }
    });
  });
}
