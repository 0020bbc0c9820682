import { z } from "@hono/zod-openapi";
import { matchesPattern } from "../../domain/catalog.js";
import { accountOf } from "../../domain/ids.js";
import { messageOf } from "../../errors.js";
import { messageText, streamEvents } from "../../streams.js";
import { endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import type { ApiContext } from "../options.js";
import { accountQuery, typesQuery } from "./events.js";

const lastEventId = z
  .string()
  .refine((id) => id.startsWith("evt_") && accountOf(id) !== null, "must be the id of an event")
  .optional()
  .openapi({
    param: { in: "header" },
    description:
      "Go on after this event. Browsers send it by themselves when they reconnect. When it is not kept any more, " +
      "an event `reset` says so, and everything that is kept follows.",
  });

const stream = endpoint(
  {
    method: "get",
    path: "/v1/events/stream",
    operationId: "streamEvents",
    summary: "Follow events live",
    description:
      "Server-sent events: `id`, `event` (the type) and `data` (the event), as they are handed on. What comes after the " +
      "comment `connected` is not missed. A comment every 15 seconds shows that the stream lives. Whoever reads slowly " +
      "is waited for.",
    tags: ["Events"],
    request: {
      headers: z.object({ "last-event-id": lastEventId }),
      query: z.strictObject({ account: accountQuery, type: typesQuery }),
    },
    responses: {
      200: {
        description: "The stream. It ends when either side goes away.",
        content: {
          "text/event-stream": {
            schema: z.string(),
            example: `id: ${examples.event.id}\nevent: ${examples.event.type}\ndata: ${JSON.stringify(examples.event)}\n\n`,
          },
        },
      },
    },
  },
  ["too_many_streams"],
);

/** The live stream. Registered before `/v1/events/{id}`, which would take its address. */
export function registerEventStream(app: Api, context: ApiContext): void {
  const { services, entrance, streamSeats, signal, heartbeatMs } = context;
  app.openapi(stream, (c) => {
    const { account, type: types } = c.req.valid("query");
    const from = c.req.valid("header")["last-event-id"] ?? null;
    const wanted = (event: { id: string; type: string }): boolean =>
      (account === undefined || accountOf(event.id) === account) &&
      (types.length === 0 || types.some((pattern) => matchesPattern(pattern, event.type)));

    // A HEAD has no reader: a stream for it would wait for one for ever.
    if (c.req.method === "HEAD") return c.body(null, 200, { "content-type": "text/event-stream" });
    const { id: token } = c.get("token");
    const leave = streamSeats.take(token);
    return streamEvents(c, {
      follow: (gone) => services.events.follow(from, gone),
      // Without an id: a client that is cut off now comes back with the one that it has, and hears it again.
      begin: (how) =>
        how === "lost" ? messageText({ event: "reset", data: JSON.stringify(resetOf(from)) }) : "",
      write: (events) =>
        events
          .filter(wanted)
          .map(({ id, type, body }) => messageText({ id, event: type, data: body }))
          .join(""),
      ended: (gone) => AbortSignal.any([signal, gone, entrance.watch(token, gone)]),
      heartbeatMs,
      onFailure: (error) => {
        c.get("log").warn({ reason: messageOf(error) }, "event stream ended early");
      },
      left: leave,
    });
  });
}

const resetOf = (lastEventId: string | null) => ({
  lastEventId,
  detail:
    "The event in Last-Event-ID is not kept any more. Events that came after it may be gone as well; all that are kept follow.",
});
