import { OpenAPIHono } from "@hono/zod-openapi";
import { requireToken } from "./auth.js";
import { limitBodies } from "./bodies.js";
import { requireCompanion } from "./companion-auth.js";
import { refuseInput } from "./companion-input.js";
import type { Api, ApiEnv } from "./env.js";
import { answerFailure } from "./failures.js";
import { honourIdempotencyKey } from "./idempotency.js";
import { createStreamSeats, limitRequests } from "./limits.js";
import { measureRequests } from "./measure.js";
import { answerUnrouted } from "./not-found.js";
import type { ApiContext, ApiOptions } from "./options.js";
import { identifyRequests, securityHeaders } from "./request.js";
import { registerAccounts } from "./routes/accounts.js";
import { registerCompanion, registerPairingEnd } from "./routes/companion.js";
import { registerCompanionErrands } from "./routes/companion-errands.js";
import { registerCompanions } from "./routes/companions.js";
import { registerDeliveries } from "./routes/deliveries.js";
import { registerDiagnostics } from "./routes/diagnostics.js";
import { registerEventStream } from "./routes/event-stream.js";
import { registerEventTypes } from "./routes/event-types.js";
import { registerEvents } from "./routes/events.js";
import { registerForecast } from "./routes/forecast.js";
import { registerHolds } from "./routes/holds.js";
import { registerOperations } from "./routes/operations.js";
import { registerReference } from "./routes/reference.js";
import { registerReplays } from "./routes/replays.js";
import { registerReseal } from "./routes/reseal.js";
import { registerSessions } from "./routes/sessions.js";
import { registerSubscriptionActions } from "./routes/subscription-actions.js";
import { registerSubscriptions } from "./routes/subscriptions.js";
import { registerTokens } from "./routes/tokens.js";
import { registerTrigger } from "./routes/trigger.js";
import { registerUnsubscribe } from "./routes/unsubscribe.js";
import { speakPlainly } from "./words.js";

/**
 * The HTTP API: `/v1` behind the token, the addresses for machines, the reference, and the dashboard behind
 * everything else. More routes may be added to what is returned until it answers its first request.
 */
export function createApi(options: ApiOptions): Api {
  speakPlainly();
  const { services, entrance, publicUrl, version, dashboard } = options;
  const context: ApiContext = {
    services,
    entrance,
    streamSeats: createStreamSeats(options.streamsPerToken ?? 20),
    publicUrl,
    version,
    now: options.now ?? (() => Date.now()),
    signal: options.signal ?? new AbortController().signal,
    pollWaitMs: options.pollWaitMs ?? 300_000,
    heartbeatMs: options.heartbeatMs ?? 15_000,
  };
  const app: Api = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInput });
  app.onError(answerFailure(publicUrl));
  app.notFound(answerUnrouted(app, { publicUrl, dashboard }));
  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "The API token.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "companion", {
    type: "http",
    scheme: "bearer",
    description: "The token of a companion, which it got by pairing.",
  });

  app.use(identifyRequests(options.log), securityHeaders);
  if (options.observe) app.use(measureRequests(options.observe));
  app.use("/v1/*", requireToken(entrance, services.tokens), limitRequests(options.requestRate));
  app.use("/companion/v1/*", requireCompanion(services.companions));
  app.use(limitBodies());
  app.use("/v1/*", honourIdempotencyKey(options.idempotency));

  registerAccounts(app, context);
  registerSessions(app, context);
  registerForecast(app, context);
  registerCompanions(app, context);
  registerHolds(app, context);
  registerEventStream(app, context);
  registerEvents(app, context);
  registerEventTypes(app);
  registerTrigger(app, context);
  registerSubscriptions(app, context);
  registerSubscriptionActions(app, context);
  registerReplays(app, context);
  registerDeliveries(app, context);
  registerTokens(app, context);
  registerReseal(app, context);
  registerDiagnostics(app, context);
  registerOperations(app, context);
  registerCompanion(app, context);
  registerCompanionErrands(app, context);
  registerPairingEnd(app, context);
  registerUnsubscribe(app, context);
  registerReference(app, context);
  return app;
}
