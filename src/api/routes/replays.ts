import { z } from "@hono/zod-openapi";
import type { Replay } from "../../domain/replay.js";
import { answer, body, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import { unlessRefused } from "../failures.js";
import type { ApiContext } from "../options.js";
import { type KeyOrder, pageInOrder, pageRequest } from "../pages.js";
import { notFound } from "../problem.js";
import { idParam, listOf, pageQuery } from "../schemas/common.js";
import { replayInput, replaySchema, viewReplay } from "../schemas/replay.js";

const tags = ["Subscriptions"];
const example = examples.replay;
const params = idParam(examples.subscription.id);
const replayParams = params.extend({
  replay: z.string().openapi({
    param: { name: "replay", in: "path" },
    description: "The id of a replay of this subscription.",
    example: example.id,
  }),
});

const begin = endpoint(
  {
    method: "post",
    path: "/v1/subscriptions/{id}/replay",
    operationId: "replaySubscription",
    summary: "Send past events again",
    description:
      "The answer says how many events that are; they are sent little by little, within the subscription's limits and " +
      "behind fresh ones, whatever is restarted meanwhile. A digest is sent again whole, once. What is on its way, and " +
      "what is held back in a flood, is left alone. One replay of a subscription runs at a time.",
    tags,
    request: { params, body: body(replayInput, { since: "2026-11-18T00:00:00.000Z", only: "failed" }) },
    responses: {
      202: answer("It has begun.", replaySchema, { ...example, matched: 0, queued: 0, skipped: 0 }),
    },
  },
  ["not_found", "replay_running", "subscription_disabled"],
);

const list = endpoint(
  {
    method: "get",
    path: "/v1/subscriptions/{id}/replays",
    operationId: "listReplays",
    summary: "The last replays of a subscription",
    description: "Newest first; the last twenty are kept.",
    tags,
    request: { params, query: z.strictObject(pageQuery) },
    responses: {
      200: answer("A page.", listOf("ReplayList", replaySchema), { data: [example], next: null }),
    },
  },
  ["not_found", "invalid_cursor"],
);

const get = endpoint(
  {
    method: "get",
    path: "/v1/subscriptions/{id}/replays/{replay}",
    operationId: "getReplay",
    summary: "One replay: how far it has come",
    description: "Ask again until `status` is no longer `running`.",
    tags,
    request: { params: replayParams },
    responses: { 200: answer("The replay.", replaySchema, example) },
  },
  ["not_found"],
);

const cancel = endpoint(
  {
    method: "post",
    path: "/v1/subscriptions/{id}/replays/{replay}/cancel",
    operationId: "cancelReplay",
    summary: "End a replay",
    description: "What it put into the mailbox is still sent; nothing more follows.",
    tags,
    request: { params: replayParams },
    responses: {
      200: answer("It has ended.", replaySchema, {
        ...example,
        status: "cancelled",
        finishedAt: "2026-11-20T10:16:00.000Z",
      }),
    },
  },
  ["not_found", "replay_ended"],
);

const newestFirst: KeyOrder<Replay> = {
  keyOf: ({ createdAt, id }) => `${createdAt} ${id}`,
  form: /^\S+ rpl_[0-9a-z]+$/,
  newestFirst: true,
};

/** Past events, sent again. */
export function registerReplays(app: Api, { services }: ApiContext): void {
  const { replays } = services;

  app.openapi(begin, async (c) => {
    const { id } = c.req.valid("param");
    const { since, until = null, only } = c.req.valid("json");
    const result = await replays.begin(id, { since, until, only });
    if (!result) throw notFound("subscription", id);
    return c.json(viewReplay(unlessRefused(result).replay), 202);
  });

  app.openapi(list, async (c) => {
    const { id } = c.req.valid("param");
    const found = await replays.list(id);
    if (!found) throw notFound("subscription", id);
    const { data, next } = pageInOrder(found, newestFirst, pageRequest(c.req.valid("query")));
    return c.json({ data: data.map(viewReplay), next }, 200);
  });

  app.openapi(get, async (c) => {
    const { id, replay } = c.req.valid("param");
    const found = await replays.get(id, replay);
    if (!found) throw notFound("replay", replay);
    return c.json(viewReplay(found), 200);
  });

  app.openapi(cancel, async (c) => {
    const { id, replay } = c.req.valid("param");
    const ended = await replays.cancel(id, replay);
    if (!ended) throw notFound("replay", replay);
    return c.json(viewReplay(unlessRefused(ended)), 200);
  });
}
