import createClient from "openapi-fetch";
// Generated from the document when the test runs; see ../client.test.ts.
import type { paths } from "./openapi.js";
import type { World } from "./world.js";

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** What a route answers, when it is a good answer. */
async function good<T>(answer: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${JSON.stringify(error)}`);
  return data as NonNullable<T>;
}

/** The first item of a list that has some, a moment later at the latest. */
async function firstOf<T>(list: () => Promise<{ data: T[] }>): Promise<T> {
  for (const started = Date.now(); Date.now() - started < 10_000; ) {
    const [first] = (await list()).data;
    if (first) return first;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the list stays empty");
}

/** Calls every route of the API once at least, as a program that uses the generated types would. */
export async function callEveryRoute(world: World): Promise<void> {
  const client = createClient<paths>({
    baseUrl: world.url,
    headers: { authorization: `Bearer ${world.token}` },
    fetch: world.fetch,
  });

  await good(client.GET("/healthz"));
  await good(client.GET("/readyz"));
  await good(client.GET("/metrics", { parseAs: "text" }));
  await good(client.GET("/v1/diagnostics"));
  const first = await firstOf(() => good(client.GET("/v1/event-types")));
  await good(client.GET("/v1/event-types/{type}", { params: { path: { type: first.name } } }));

  const token = await good(client.POST("/v1/tokens", { body: { name: "reporting", scope: "read" } }));
  await good(client.GET("/v1/tokens"));
  await good(client.GET("/v1/tokens/{id}", { params: { path: { id: token.id } } }));
  await good(client.DELETE("/v1/tokens/{id}", { params: { path: { id: token.id } } }));
  const resealing = await good(client.POST("/v1/reseal", { body: {} }));
  if (resealing.lost.length > 0) throw new Error("seals were lost");

  const account = await good(
    client.POST("/v1/accounts", {
      body: {
        name: "Smith Studio",
        session: { cookies: world.cookies },
        resources: ["favorites"],
        polling: { requestsPerMinute: 6_000, minIntervalSeconds: 0.2 },
        floodThreshold: 10,
      },
      params: { header: { "Idempotency-Key": "one-account" } },
    }),
  );
  const path = { id: account.id };
  await good(client.GET("/v1/accounts"));
  await good(client.GET("/v1/accounts/{id}", { params: { path } }));
  await good(client.PUT("/v1/accounts/{id}/session", { params: { path }, body: { cookies: world.cookies } }));
  await good(client.PATCH("/v1/accounts/{id}", { params: { path }, body: { timezone: "Europe/London" } }));
  const poll = () =>
    good(client.POST("/v1/accounts/{id}/poll", { params: { path, query: { wait: "true" } } }));
  await poll();
  await good(client.GET("/v1/accounts/{id}/sources", { params: { path, query: { status: "active" } } }));
  await good(client.GET("/v1/accounts/{id}/forecast", { params: { path } }));

  const pairing = await good(client.POST("/v1/accounts/{id}/pairings", { params: { path } }));
  const browser = "Chromium on Linux";
  const pair = async (code: string) => {
    const { token } = await good(client.POST("/companion/v1/pair", { body: { code, browser } }));
    const headers = { authorization: `Bearer ${token}` };
    return createClient<paths>({ baseUrl: world.url, headers, fetch: world.fetch });
  };
  const another = await good(client.POST("/v1/accounts/{id}/pairings", { params: { path } }));
  await good((await pair(another.code)).DELETE("/companion/v1/pairing"));
  const companion = await pair(pairing.code);
  const state = await good(companion.GET("/companion/v1/state"));
  const kind = { hostOnly: true, path: "/", secure: false, httpOnly: true };
  const cookies = world.cookies.split("; ").map((pair) => {
    const at = pair.indexOf("=");
    const { hostname: domain } = new URL(state.hosts.gallery);
    return { name: pair.slice(0, at), value: pair.slice(at + 1), domain, ...kind };
  });
  await good(companion.PUT("/companion/v1/session", { body: { cookies } }));
  await good(client.PATCH("/v1/accounts/{id}", { params: { path }, body: { readBy: "browser" } }));
  await firstOf(async () => {
    const wish = { waitSeconds: 5, signIn: "one" };
    const { errand } = await good(companion.POST("/companion/v1/errands/take", { body: wish }));
    if (!errand) {
      await client.POST("/v1/accounts/{id}/poll", { params: { path } });
      return { data: [] };
    }
    const told = { params: { path: { id: errand.id } }, body: { failure: "unreachable" as const } };
    await good(companion.POST("/companion/v1/errands/{id}/answer", told));
    return { data: [errand] };
  });
  await good(client.PATCH("/v1/accounts/{id}", { params: { path }, body: { readBy: "server" } }));
  const { data: companions } = await good(client.GET("/v1/accounts/{id}/companions", { params: { path } }));
  for (const { id: one } of companions)
    await good(
      client.DELETE("/v1/accounts/{id}/companions/{companion}", {
        params: { path: { ...path, companion: one } },
      }),
    );

  const channel = { type: "webhook", url: world.webhookUrl } as const;
  const wish = { events: ["favorite.*"], channel, limits: { perSecond: 0.01 } };
  const made = await good(client.POST("/v1/subscriptions", { body: wish }));
  const id = { id: made.id };
  await good(client.GET("/v1/subscriptions"));
  await good(client.GET("/v1/subscriptions/{id}", { params: { path: id } }));
  await good(client.PATCH("/v1/subscriptions/{id}", { params: { path: id }, body: { description: "Mine" } }));
  await good(client.POST("/v1/subscriptions/preview", { body: wish }));
  await good(client.POST("/v1/subscriptions/{id}/test", { params: { path: id } }));
  await good(
    client.POST("/v1/subscriptions/{id}/rotate-secret", { params: { path: id }, body: { graceSeconds: 60 } }),
  );

  await good(
    client.POST("/v1/event-types/{type}/trigger", {
      params: { path: { type: "favorite.added" } },
      body: { subscriptions: [made.id] },
    }),
  );

  const stop = new AbortController();
  const stream = await good(
    client.GET("/v1/events/stream", {
      params: { query: { type: ["favorite.*"] } },
      parseAs: "stream",
      signal: stop.signal,
    }),
  );
  world.addFavorites(4);
  const reader = (stream as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  stop.abort();
  await poll();

  const event = await firstOf(() =>
    good(client.GET("/v1/events", { params: { query: { type: ["favorite.added"], order: "asc" } } })),
  );
  const one = { params: { path: { id: event.id } } };
  const { data } = await good(client.GET("/v1/events/{id}", one));
  if (data.detected.revision !== 1) throw new Error("not the first revision");
  await good(client.GET("/v1/events/{id}/deliveries", one));
  const delivery = await firstOf(() =>
    good(client.GET("/v1/subscriptions/{id}/deliveries", { params: { path: id, query: { limit: 1 } } })),
  );
  await good(client.GET("/v1/deliveries/{id}", { params: { path: { id: delivery.id } } }));
  await good(client.POST("/v1/deliveries/{id}/redeliver", { params: { path: { id: delivery.id } } }));

  // One delivery in a hundred seconds: the replay is still running when it is cancelled.
  const replay = await good(
    client.POST("/v1/subscriptions/{id}/replay", {
      params: { path: id },
      body: { since: "2020-01-01T00:00:00Z", only: "all" },
    }),
  );
  const replayPath = { params: { path: { ...id, replay: replay.id } } };
  await good(client.GET("/v1/subscriptions/{id}/replays", { params: { path: id } }));
  await good(client.GET("/v1/subscriptions/{id}/replays/{replay}", replayPath));
  await good(client.POST("/v1/subscriptions/{id}/replays/{replay}/cancel", replayPath));

  for (const decision of ["release", "discard"] as const) {
    world.addFavorites(11);
    await poll();
    const hold = await firstOf(async () => {
      const { data: holds } = await good(client.GET("/v1/accounts/{id}/holds", { params: { path } }));
      return { data: holds.filter(({ status }) => status === "held") };
    });
    const flood = { params: { path: { ...path, hold: hold.id } } };
    await good(
      decision === "release"
        ? client.POST("/v1/accounts/{id}/holds/{hold}/release", flood)
        : client.POST("/v1/accounts/{id}/holds/{hold}/discard", flood),
    );
  }

  const mail = await good(
    client.POST("/v1/subscriptions", {
      body: { events: ["*"], channel: { type: "email", to: ["a@example.com"] } },
    }),
  );
  const [link] = await Promise.all([
    world.unsubscribeLink(),
    good(client.POST("/v1/subscriptions/{id}/test", { params: { path: { id: mail.id } } })),
  ]);
  const permission = new URL(link).pathname.split("/").at(-1) ?? "";
  const leaving = {
    params: { path: { subscription: mail.id, token: permission } },
    parseAs: "text",
  } as const;
  await good(client.GET("/unsubscribe/{subscription}/{token}", leaving));
  await good(client.POST("/unsubscribe/{subscription}/{token}", leaving));

  // @ts-expect-error there is no such resource
  const wrongResource = client.POST("/v1/accounts", { body: { name: "x", resources: ["sandwiches"] } });
  // @ts-expect-error a channel has a type
  const wrongChannel = client.POST("/v1/subscriptions", { body: { events: ["*"], channel: { url: "x" } } });
  // @ts-expect-error an answer has no such field
  (await wrongResource).data?.cookies;
  await wrongChannel;

  await good(client.DELETE("/v1/subscriptions/{id}", { params: { path: id } }));
  await good(client.DELETE("/v1/accounts/{id}", { params: { path } }));
}
