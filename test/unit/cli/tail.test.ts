import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { type TailOptions, tail } from "../../../src/cli/listen/tail.js";
import { createClient, UnansweredError } from "../../../src/cli/remote/client.js";
import type { PixiehookEvent } from "../../../src/domain/event.js";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

const event = (id: string) => ({ id, type: "favorite.added", timestamp: `2026-11-20T10:00:0${id}.000Z` });
const sent = (id: string) => `id: ${id}\ndata: ${JSON.stringify(event(id))}\n\n`;

/** A service that keeps events, and streams what `play` makes of a connection. */
async function begin(play: (after: string, response: ServerResponse, nth: number) => void) {
  const stored: string[] = [];
  const after: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "", "http://localhost");
    if (url.pathname === "/v1/events/stream") {
      after.push(String(request.headers["last-event-id"]));
      response.writeHead(200, { "content-type": "text/event-stream" }).write(": connected\n\n");
      return play(after.at(-1) ?? "", response, after.length);
    }
    const id = /^\/v1\/events\/(.+)$/.exec(url.pathname)?.[1];
    if (id !== undefined && !stored.includes(id)) return response.writeHead(404).end("{}");
    if (id !== undefined) return response.end(JSON.stringify(event(id)));
    const since = url.searchParams.get("since") ?? "";
    const data = stored.map(event).filter(({ timestamp }) => timestamp >= since);
    if (url.searchParams.get("order") !== "asc") data.reverse();
    return response.end(JSON.stringify({ data, next: null }));
  };
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  open.push({
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
  const client = createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "token");
  const stop = new AbortController();
  const told: string[] = [];
  const follow = async (many: number, more: Partial<TailOptions> = {}, pauseMs = 0) => {
    const options: TailOptions = {
      query: new URLSearchParams(),
      after: event("0") as PixiehookEvent,
      signal: stop.signal,
      retryMs: 5,
      onLost: (reason) => void told.push(`lost: ${reason}`),
      onBack: () => void told.push("back"),
      ...more,
    };
    const got: string[] = [];
    for await (const { body } of tail(client, options)) {
      got.push((JSON.parse(body) as PixiehookEvent).id);
      if (got.length === many) stop.abort();
      else if (pauseMs > 0) await sleep(pauseMs);
    }
    return got;
  };
  return { stored, after, told, follow };
}

test("after a connection that ends, it goes on after the last event, and says so", async () => {
  const { stored, after, told, follow } = await begin((_, response, nth) => {
    if (nth === 1) response.end(sent("1") + sent("2"));
    else if (nth === 2) response.end(`${sent("3")}id: 4\ndata: {"cut`);
    else response.write(sent("4"));
  });
  stored.push("0", "1", "2", "3", "4");
  expect(await follow(4)).toEqual(["1", "2", "3", "4"]);
  expect(after).toEqual(["0", "2", "3"]);
  expect(told).toEqual(["lost: the service ended it", "back", "lost: the service ended it", "back"]);
});

test("a connection that ends at once is not told as back", async () => {
  const { stored, told, follow } = await begin((_, response, nth) =>
    nth < 4 ? response.end() : response.write(sent("1")),
  );
  stored.push("0", "1");
  expect(await follow(1)).toEqual(["1"]);
  expect(told).toEqual(["lost: the service ended it", "back"]);
});

test("a connection on which nothing comes for long is back all the same", async () => {
  const { stored, told, follow } = await begin((_, response, nth) => {
    if (nth === 1) return response.end();
    const look = setInterval(() => {
      if (!told.includes("back")) return;
      clearInterval(look);
      response.write(sent("1"));
    }, 5);
  });
  stored.push("0", "1");
  expect(await follow(1, { steadyMs: 20 })).toEqual(["1"]);
  expect(told).toEqual(["lost: the service ended it", "back"]);
});

test("a connection on which nothing is heard counts as lost, and one that lives does not", async () => {
  const { stored, told, follow } = await begin((_, response, nth) => {
    if (nth === 1) return;
    const alive = setInterval(() => response.write(": alive\n\n"), 20);
    setTimeout(() => {
      clearInterval(alive);
      response.write(sent("1"));
    }, 200);
  });
  stored.push("0");
  expect(await follow(1, { silenceMs: 100 })).toEqual(["1"]);
  expect(told).toEqual(["lost: nothing was heard for 0.1 s", "back"]);
});

test("whoever is slow to take an event does not lose the connection by that", async () => {
  const { stored, told, follow } = await begin((_, response) => {
    response.write(sent("1"));
    setTimeout(() => response.write(sent("2")), 120);
  });
  stored.push("0", "1");
  expect(await follow(2, { silenceMs: 60 }, 150)).toEqual(["1", "2"]);
  expect(told).toEqual([]);
});

test("an event that comes twice is handed on once", async () => {
  const { stored, follow } = await begin((_, response, nth) =>
    nth === 1 ? response.end(sent("1")) : response.write(sent("1") + sent("2")),
  );
  stored.push("0", "1");
  expect(await follow(2)).toEqual(["1", "2"]);
});

test("where the last event is not kept any more, its time leads on", async () => {
  const { stored, after, follow } = await begin((_, response) => response.write(sent("3")));
  stored.push("1", "2");
  expect(await follow(3)).toEqual(["1", "2", "3"]);
  expect(after).toEqual(["2"]);
});

test("where the last event is gone and nothing has come since, nothing old comes, and nothing new is missed", async () => {
  const { stored, after, told, follow } = await begin((from, response) => {
    if (stored.includes(from)) response.write(sent("7"));
    else response.write(`event: reset\ndata: {"lastEventId":"${from}"}\n\n${stored.map(sent).join("")}`);
  });
  stored.push("1", "2");
  expect(await follow(1, { after: event("6") as PixiehookEvent })).toEqual(["7"]);
  expect(after).toEqual(["2"]);
  expect(told).toEqual([]);
});

test("a service that says that it does not keep the last event hands on no event by that", async () => {
  const { stored, told, follow } = await begin((_, response, nth) => {
    if (nth > 1) return response.write(sent("7"));
    stored.pop();
    response.write(`event: reset\ndata: {"lastEventId":"6"}\n\n${sent("1")}${sent("2")}`);
  });
  stored.push("1", "2", "6");
  expect(await follow(1, { after: event("6") as PixiehookEvent })).toEqual(["7"]);
  expect(told).toEqual(["lost: the service does not keep the last event any more", "back"]);
});

test("the first event there ever was is not missed", async () => {
  const { stored, after, follow } = await begin((_, response) => response.write(sent("2")));
  setTimeout(() => stored.push("1"), 50);
  expect(await follow(2, { after: null })).toEqual(["1", "2"]);
  expect(after).toEqual(["1"]);
});

test("a service that refuses is not asked for ever", async () => {
  const client = createClient("http://127.0.0.1:9", "token");
  const refuse = async () => {
    throw new UnansweredError(401, "no");
  };
  const options = { query: new URLSearchParams(), after: null, signal: new AbortController().signal };
  const tailing = tail({ ...client, list: refuse }, { ...options, onLost: expect.fail, onBack: expect.fail });
  await expect(tailing.next()).rejects.toThrow("no");
});
