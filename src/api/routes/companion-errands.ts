import { createSeats } from "../../streams.js";
import { limited, unpaired } from "../companion-auth.js";
import { answer, body, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import type { ApiContext } from "../options.js";
import { ProblemError } from "../problem.js";
import { idParam } from "../schemas/common.js";
import { errandAnswerInput, takeInput, takenSchema, viewState } from "../schemas/companion.js";

/** How often one companion may wait at once: it does once, but a connection that broke may not be seen to be closed yet. */
const waitsAtOnce = 4;

const tags = ["Companions"];
const security = [{ companion: [] }];

const take = endpoint({
  method: "post",
  path: "/companion/v1/errands/take",
  operationId: "takeErrand",
  summary: "Ask for a page to get",
  description:
    "While `readBy` is `browser`, over and over. Answers at once when there is something to do, else after `waitSeconds`. " +
    "`errand` is null when there was none.",
  tags,
  security,
  request: { body: body(takeInput, { waitSeconds: 20, signIn: "5c1c0b7e" }) },
  responses: {
    200: answer("What is to be got, if anything.", takenSchema, {
      state: { ...examples.companionState, readBy: "browser" },
      errand: examples.errand,
    }),
  },
});

const tell = endpoint(
  {
    method: "post",
    path: "/companion/v1/errands/{id}/answer",
    operationId: "answerErrand",
    summary: "Tell what came of a page",
    description: "The whole answer, whatever its status, or why there is none. The body may have 24 MiB.",
    tags,
    security,
    request: {
      params: idParam(examples.errand.id),
      body: body(errandAnswerInput, {
        status: 200,
        headers: { "content-type": "application/json" },
        body: "{}",
      }),
    },
    responses: { 204: { description: "Taken." } },
  },
  ["errand_over"],
);

/** The pages that a browser gets for the server. */
export function registerCompanionErrands(app: Api, { services, signal }: ApiContext): void {
  const { companions } = services;
  const waiting = createSeats(waitsAtOnce);

  app.openapi(take, async (c) => {
    const { waitSeconds, signIn } = c.req.valid("json");
    const entry = c.get("companion");
    const leave = waiting.take(entry.companion.id);
    if (!leave) throw limited({ kind: "limited", by: "requests", retryAfterSeconds: 5 });
    const ends = { gone: c.req.raw.signal, stop: signal };
    const taken = await companions.takeErrand(entry, signIn, waitSeconds * 1_000, ends).finally(leave);
    if (!taken) throw unpaired();
    return c.json({ state: viewState(taken.state), errand: taken.errand }, 200);
  });

  app.openapi(tell, async (c) => {
    const taken = await companions.answerErrand(
      c.get("companion"),
      c.req.valid("param").id,
      c.req.valid("json"),
    );
    if (!taken) throw new ProblemError("errand_over", "Nobody waits for this errand any more.");
    return c.body(null, 204);
  });
}
