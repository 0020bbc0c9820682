import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { DashboardOptions } from "../../src/dashboard/options.js";
import { createBrowser } from "../api/support/browser.js";
import { createFakeServices } from "../api/support/fake-services.js";
import { createEventWorld, type EventWorld } from "../support/lists/event-world.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
let world: EventWorld;
let server: Server | undefined;
let sockets: Set<Socket>;
beforeAll(async () => {
  redis = await startTestRedis();
});
beforeEach(async () => {
  world = await createEventWorld(redis, 2);
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((closed) => server?.close(closed));
  world.close();
});
afterAll(() => redis.close());

const traits = { type: "favorite.added", collection: "1", client: "jane@example.com" };

/** The dashboard on a real port over a real store, and readers of its live list that are signed in. */
async function startDashboard(options: Partial<DashboardOptions> = {}) {
  const services = { ...createFakeServices().services, events: world.service };
  const browser = createBrowser({ services, ...options });
  await browser.signIn();
  server = serve({ fetch: browser.app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  sockets = new Set();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise((listening) => server?.once("listening", listening));
  const { port } = server.address() as AddressInfo;
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");

  return function listen(query: string, lastEventId?: string) {
    const socket = connect(port, "127.0.0.1");
    const resume = lastEventId === undefined ? "" : `last-event-id: ${lastEventId}\r\n`;
    socket.write(`GET /live?${query} HTTP/1.1\r\nhost: pixiehook.test\r\ncookie: ${cookie}\r\n${resume}\r\n`);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => undefined);
    // As a browser takes them: only a whole message counts, with its id.
    const messages = () => [...text.matchAll(/^data: (.*)\nid: (\w+)\n\n/gm)];
    const rows = () =>
      messages().flatMap(([, data = ""]) => [...data.matchAll(/data-event="(\w+)"/g)].map(([, id]) => id));
    const until = async (isSo: () => boolean) => {
      for (const end = Date.now() + 15_000; !isSo() && Date.now() < end; ) await sleep(5);
      expect(isSo(), text.slice(-300)).toBe(true);
    };
    return { socket, rows, messages, until, connected: () => until(() => text.includes(": connected")) };
  };
}

/** Events of two accounts as they come in a busy studio, five every tenth of a second. */
async function beBusy(seconds: number): Promise<string[]> {
  const made: string[] = [];
  const start = Date.now();
  for (let tick = 0; tick < seconds * 10; tick++) {
    await sleep(Math.max(0, start + tick * 100 - Date.now()));
    const some = await world.state(tick, new Array(5).fill(traits));
    await world.handOn(tick % 2);
    made.push(...some.map(({ frozen }) => frozen.id));
  }
  return made;
}

describe("the live list of the dashboard", () => {
  test("keeps up with fifty events a second: each once and in order, also for who is cut off and comes back", async () => {
    const listen = await startDashboard();
    const [before] = await world.state(0, [traits]);
    await world.handOn(1);
    const [whole, half] = [listen("told=all"), listen("told=nobody")];
    await Promise.all([whole.connected(), half.connected()]);
    const given: (string | undefined)[] = [];
    const coming = beBusy(2);
    const cut = (async () => {
      for (let last = before?.frozen.id; given.length < 100; ) {
        const client = listen("", last);
        await client.until(() => client.messages().length > 0);
        await sleep(Math.random() * 200);
        client.socket.destroy();
        given.push(...client.rows());
        last = client.messages().at(-1)?.[2];
      }
    })();
    const made = await coming;
    await whole.until(() => whole.rows().length >= 100);
    await half.until(() => half.rows().length >= 50);
    await cut;
    expect(whole.rows()).toEqual(made);
    expect(given, "resumed without a gap and without a repeat").toEqual(made);
    expect(half.rows()).toEqual(made.filter((_, index) => Math.floor(index / 5) % 2 === 0));
    // What comes at once is written at once: some messages a second, and not one for each row.
    expect(whole.messages().length).toBeLessThan(30);
  });

  test("lets a browser go that takes nothing, holds next to nothing for it, and goes on when it is back", async () => {
    let [width, written] = [20_000, 0];
    const describe = () => {
      written += 1;
      return "x".repeat(width);
    };
    const listen = await startDashboard({ describe, live: { heartbeatMs: 20, patienceMs: 250 } });
    const stalled = listen("");
    await stalled.connected();
    stalled.socket.pause();
    // Sixteen megabytes: more than lies in the buffers of both ends.
    const made = (await world.state(0, new Array(800).fill(traits))).map(({ frozen }) => frozen.id);
    await world.handOn(1);
    const held = () => Math.max(...[...sockets].map(({ writableLength }) => writableLength));
    let most = 0;
    await stalled.until(() => {
      most = Math.max(most, held());
      return [...sockets].every(({ destroyed }) => destroyed);
    });
    expect(most).toBeLessThan(3_000_000);
    expect(written, "the rest was not rendered").toBeLessThan(700);
    stalled.socket.destroy();
    width = 10;
    const back = listen("", made[0]);
    await back.until(() => back.rows().length === made.length - 1);
    expect(back.rows()).toEqual(made.slice(1));
  });
});
