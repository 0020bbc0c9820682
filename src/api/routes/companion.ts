import { createSeats } from "../../streams.js";
import { addressOf } from "../auth.js";
import { limited, unpaired } from "../companion-auth.js";
import { answer, body, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import { unlessRefused } from "../failures.js";
import type { ApiContext } from "../options.js";
import {
  companionStateSchema,
  handOverInput,
  pairedSchema,
  pairInput,
  viewState,
} from "../schemas/companion.js";

const tags = ["Companions"];
const security = [{ companion: [] }];
const exampleCookie = {
  name: "PHPSESSID",
  value: "…",
  domain: "studio.pixieset.com",
  hostOnly: true,
  path: "/",
  secure: true,
  httpOnly: true,
};

const pair = endpoint(
  {
    method: "post",
    path: "/companion/v1/pair",
    operationId: "pairCompanion",
    summary: "Exchange a pairing code for a token",
    description:
      "Small letters, missing hyphens, and `O`, `I`, `L` for `0`, `1`, `1` are read as what was meant.",
    tags,
    security: [],
    request: { body: body(pairInput, { code: examples.pairing.code, browser: examples.companion.browser }) },
    responses: {
      201: answer("Paired. The token is in this answer and nowhere else.", pairedSchema, {
        companion: examples.companion.id,
        token: examples.companionTokenText,
        state: examples.companionState,
      }),
    },
  },
  ["pairing_unknown", "too_many_failures"],
);

const state = endpoint({
  method: "get",
  path: "/companion/v1/state",
  operationId: "readCompanionState",
  summary: "What the companion has to know of its account",
  tags,
  security,
  responses: { 200: answer("The state.", companionStateSchema, examples.companionState) },
});

const handOver = endpoint(
  {
    method: "put",
    path: "/companion/v1/session",
    operationId: "handOverSession",
    summary: "Hand over the browser's session",
    description:
      "All cookies that the browser would send to the two hosts; the `User-Agent` of the request is kept with them. While " +
      "`readBy` is `browser` the body is `{}`, and pixiehook asks through the browser whether somebody is signed in.",
    tags,
    security,
    request: { body: body(handOverInput, { cookies: [exampleCookie] }) },
    responses: {
      200: answer("Pixieset accepts the session.", companionStateSchema, {
        ...examples.companionState,
        session: { status: "active", reason: null, epoch: 5 },
      }),
    },
  },
  ["session_rejected", "session_of_another", "session_unreadable", "read_by_changed", "upstream_unreachable"],
);

const end = endpoint({
  method: "delete",
  path: "/companion/v1/pairing",
  operationId: "endPairing",
  summary: "End the companion's own pairing",
  description: "For whoever disconnects in the browser: the token opens nothing any more.",
  tags,
  security,
  responses: { 204: { description: "It is ended." } },
});

/** What the companion in a browser asks: to be paired, how things stand, and to take its session. */
export function registerCompanion(app: Api, { services }: ApiContext): void {
  const { companions } = services;
  const handing = createSeats(1);

  app.openapi(pair, async (c) => {
    const { code, browser } = c.req.valid("json");
    const paired = await companions.pair(code, browser, addressOf(c));
    if (paired.kind === "limited") throw limited(paired);
    const { companion, token, state: told } = unlessRefused(paired);
    return c.json({ companion: companion.id, token, state: viewState(told) }, 201);
  });

  app.openapi(state, async (c) => {
    const told = await companions.state(c.get("companion"));
    if (!told) throw unpaired();
    return c.json(viewState(told), 200);
  });

  app.openapi(handOver, async (c) => {
    const { cookies = null } = c.req.valid("json");
    const entry = c.get("companion");
    // Each waits for its turn in the account's budget: more than one would keep polls waiting.
    const leave = handing.take(entry.companion.id);
    if (!leave) throw limited({ kind: "limited", by: "requests", retryAfterSeconds: 5 });
    const userAgent = c.req.header("user-agent") ?? null;
    const told = await companions.handOver(entry, cookies, userAgent).finally(leave);
    if (!told) throw unpaired();
    return c.json(viewState(unlessRefused(told)), 200);
  });
}

/** The last that a companion says. */
export function registerPairingEnd(app: Api, { services }: ApiContext): void {
  app.openapi(end, async (c) => {
    const { account, companion } = c.get("companion");
    await services.companions.remove(account, companion.id);
    return c.body(null, 204);
  });
}
