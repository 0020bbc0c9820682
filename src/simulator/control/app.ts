import { Hono } from "hono";
import { z } from "zod";
import type { Life } from "../life.js";
import { dialectNames } from "../upstream/dialects.js";
import { faultKinds } from "../upstream/faults.js";
import { expiredForms } from "../upstream/session.js";
import { challengedKinds, type Upstream } from "../upstream/upstream.js";
import { UnknownThingError } from "../world.js";
import { controlActs } from "./acts.js";
import { summarize } from "./summary.js";

const faultBody = z.strictObject({
  kind: z.enum(faultKinds as [string, ...string[]]).transform((kind) => kind as (typeof faultKinds)[number]),
  path: z.string().optional(),
  count: z.int().min(1).optional(),
  skip: z.int().min(0).optional(),
  forMs: z.number().min(0).optional(),
  probability: z.number().min(0).max(1).optional(),
  delayMs: z.number().min(0).optional(),
  retryAfterSeconds: z.int().min(0).optional(),
  rows: z.int().min(1).optional(),
});
const lifeBody = z.strictObject({ running: z.boolean().optional(), speed: z.number().positive().optional() });
const expireBody = z.strictObject({ as: z.enum(expiredForms).nullable().optional() });
const settingsBody = z.strictObject({
  dialect: z.enum(dialectNames).optional(),
  rateLimit: z.int().min(1).nullable().optional(),
  loginChallenge: z.boolean().optional(),
  challenged: z.enum(challengedKinds).optional(),
  bigIds: z.boolean().optional(),
  etags: z.boolean().optional(),
  listingShows: z.number().min(0).max(1).optional(),
});

/** The control API: no session, no faults, never in the request log. */
export function controlApp(upstream: Upstream, life: Life): Hono {
  const { world, sessions, faults, requests } = upstream;
  const app = new Hono();

  const body = async (request: { text(): Promise<string> }): Promise<unknown> => {
    const text = await request.text();
    return text === "" ? {} : JSON.parse(text);
  };
  for (const { path, run } of controlActs) {
    app.post(path, async (context) => context.json({ made: run(world, await body(context.req)) }, 201));
  }
  app.get("/", (context) => context.json(describe()));
  app.get("/state", (context) => context.json(summarize(upstream, life)));

  app.post("/session/expire", async (context) => {
    sessions.expire(expireBody.parse(await body(context.req)).as ?? null);
    return context.json({ expired: true, answers: sessions.form ?? "401" });
  });
  app.post("/session/new", (context) => {
    sessions.start();
    return context.json({ cookie: sessions.header() }, 201);
  });
  app.get("/faults", (context) => context.json({ data: faults.list() }));
  app.post("/faults", async (context) => {
    const wanted = faultBody.parse(await body(context.req));
    return context.json(faults.set(wanted), 201);
  });
  app.delete("/faults/:id?", (context) => context.json({ cleared: faults.clear(context.req.param("id")) }));
  app.post("/life", async (context) => {
    const { running, speed } = lifeBody.parse(await body(context.req));
    if (speed !== undefined) life.speed = speed;
    if (running === true || (speed !== undefined && life.running && running !== false)) {
      // A new speed counts at once, not after the gap that was already drawn.
      life.stop();
      life.start();
    }
    if (running === false) life.stop();
    return context.json({ running: life.running, speed: life.speed });
  });
  app.post("/settings", async (context) => {
    const wanted = settingsBody.parse(await body(context.req));
    if (wanted.dialect !== undefined) upstream.dialect = wanted.dialect;
    if (wanted.rateLimit !== undefined) upstream.rateLimit = wanted.rateLimit;
    if (wanted.loginChallenge !== undefined) upstream.loginChallenge = wanted.loginChallenge;
    if (wanted.challenged !== undefined) {
      upstream.challenged = wanted.challenged;
      upstream.clearances.clear();
    }
    if (wanted.bigIds !== undefined) upstream.bigIds = wanted.bigIds;
    if (wanted.etags !== undefined) upstream.etags = wanted.etags;
    if (wanted.listingShows !== undefined) world.listingShows = wanted.listingShows;
    const { dialect, rateLimit, loginChallenge, challenged, bigIds, etags } = upstream;
    const { listingShows } = world;
    return context.json({ dialect, rateLimit, loginChallenge, challenged, bigIds, etags, listingShows });
  });
  app.get("/oracle", (context) => {
    const after = Number(context.req.query("after") ?? 0);
    const kind = context.req.query("kind");
    const fits = world.oracle.filter((entry) => entry.sequence > after && (!kind || entry.kind === kind));
    return context.json({ data: fits });
  });
  app.get("/requests", (context) => {
    const limit = Number(context.req.query("limit") ?? 100);
    return context.json({
      total: requests.total,
      lastMinute: requests.lastMinute(),
      perMinute: Object.fromEntries(requests.perMinute),
      data: requests.entries.slice(-limit),
    });
  });
  app.delete("/requests", (context) => {
    requests.clear();
    return context.json({ cleared: true });
  });

  app.all("*", (context) => context.json({ error: "GET /control lists what there is" }, 404));
  app.onError((error, context) => {
    if (error instanceof UnknownThingError) return context.json({ error: error.message }, 404);
    if (error instanceof SyntaxError) return context.json({ error: "the body is not JSON" }, 400);
    if (error instanceof z.ZodError) {
      const errors = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
      return context.json({ error: "the body does not fit", errors }, 422);
    }
    throw error;
  });
  return app;
}

function describe(): unknown {
  const acts = controlActs.map(({ path, does, schema }) => ({
    request: `POST /control${path}`,
    does,
    fields: Object.keys(schema.shape),
  }));
  const row = (request: string, does: string, fields: readonly string[] = []) => ({ request, does, fields });
  return {
    about:
      "The simulated studio. Bodies are JSON; every field may be left out and is then picked by the seed.",
    acts,
    machinery: [
      row("GET /control/state", "what the studio holds now"),
      row("GET /control/oracle", "everything that was done, oldest first; ?after= ?kind="),
      row("GET /control/requests", "what the client asked for, counts per minute; ?limit="),
      row("DELETE /control/requests", "forget the requests"),
      row("POST /control/session/expire", `end every session; as: ${expiredForms.join(", ")}`, ["as"]),
      row("POST /control/session/new", "a Cookie header to paste"),
      row("GET /control/faults", "faults that are set"),
      row("POST /control/faults", `kinds: ${faultKinds.join(", ")}`, Object.keys(faultBody.shape)),
      row("DELETE /control/faults", "clear one (/{id}) or all"),
      row("POST /control/life", "start, stop or hasten life", ["running", "speed"]),
      row("POST /control/settings", `dialects: ${dialectNames.join(", ")}`, Object.keys(settingsBody.shape)),
    ],
  };
}
