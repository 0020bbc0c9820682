import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createFakeServices } from "../api/support/fake-services.js";
import { createHarness, token } from "../api/support/harness.js";
import { createEventWorld, type EventWorld, type Known } from "../support/lists/event-world.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
let world: EventWorld;
let server: Server;
let sockets: Set<Socket>;
beforeAll(async () => {
  redis = await startTestRedis();
});
beforeEach(async () => {
  world = await createEventWorld(redis, 2);
  const services = { ...createFakeServices().services, events: world.service };
  const { app } = createHarness({ services });
  server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  sockets = new Set();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise((listening) => server.once("listening", listening));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  world.close();
});
afterAll(() => redis.close());

const idOf = ({ frozen }: Known) => frozen.id;
const many = (count: number) =>
  Array.from({ length: count }, () => ({ type: "favorite.added", collection: "1", client: null }));

/** A client on a socket of its own, which reads when it is told to. */
function open(lastEventId?: string) {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const resume = lastEventId === undefined ? "" : `last-event-id: ${lastEventId}\r\n`;
  socket.write(
    `GET /v1/events/stream HTTP/1.1\r\nhost: pixiehook.test\r\nauthorization: Bearer ${token}\r\n${resume}\r\n`,
  );
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  const ids = () => [...text.matchAll(/^id: (\S+)\n\n/gm)].map(([, id = ""]) => id);
  const until = async (isSo: () => boolean) => {
    for (const end = Date.now() + 20_000; !isSo() && Date.now() < end; ) await sleep(10);
    expect(isSo(), text.slice(-300)).toBe(true);
  };
  return { socket, ids, until, text: () => text, connected: () => until(() => text.includes(": connected")) };
}

describe("the stream of events", () => {
  test("gives each of a thousand that come at once, once and in order, however often it is cut off", async () => {
    const [before] = await world.state(0, many(1));
    await world.handOn(1);
    const given: string[] = [];
    let last = before ? idOf(before) : "";
    const stating = (async () => {
      for (let i = 0; i < 20; i++) {
        await world.state(i, many(50));
        await world.handOn(1);
      }
    })();
    for (let wanted = 1; given.length < 1_000; wanted = (wanted * 7) % 97) {
      const client = open(last);
      await client.until(() => client.ids().length > Math.min(wanted, 999 - given.length));
      client.socket.destroy();
      const seen = client.ids();
      given.push(...seen);
      last = seen.at(-1) ?? last;
    }
    await stating;
    expect(given).toEqual(world.shelf(null).slice(1).map(idOf));
  });

  test("misses nothing that comes after it said that it is connected", async () => {
    for (let round = 0; round < 4; round++) {
      const client = open();
      await client.connected();
      const made = await world.state(0, many(1));
      await world.handOn(1);
      await client.until(() => client.ids().length > 0);
      expect(client.ids()).toEqual(made.map(idOf));
      client.socket.destroy();
    }
  });

  test("says so when the event to go on after is not kept any more, and gives all that is kept", async () => {
    const made = await world.state(0, many(5));
    await world.handOn(1);
    await world.trim(0, 2);
    await world.trimLog(2);
    const client = open(made[0]?.frozen.id);
    await client.until(() => client.ids().length === 3);
    expect(client.text()).toMatch(/event: reset\ndata: \{"lastEventId":"evt_.*\}\n\n/);
    expect(client.text().indexOf("event: reset")).toBeLessThan(client.text().indexOf("event: favorite"));
    expect(client.ids()).toEqual(made.slice(2).map(idOf));
    client.socket.destroy();
  });

  test("goes on in its place after an event that the log still names, and that is gone", async () => {
    const [seen] = await world.state(0, many(1));
    const made = await world.state(1, many(2));
    await world.handOn(1);
    await world.remove(0);
    const client = open(seen && idOf(seen));
    await client.until(() => client.ids().length === 2);
    expect(client.ids()).toEqual(made.map(idOf));
    expect(client.text()).not.toContain("reset");
    client.socket.destroy();
  });

  test("waits for a reader that takes nothing, holds next to nothing for it, and gives it everything later", async () => {
    const client = open();
    await client.connected();
    client.socket.pause();
    // Fifteen megabytes: more than lies in the sockets of both ends.
    const wide = { type: "favorite.added", collection: "1", client: "x".repeat(10_000) };
    for (let i = 0; i < 15; i++) {
      await world.state(i, new Array(100).fill(wide));
      await world.handOn(1);
    }
    await sleep(500);
    const held = [...sockets].map((socket) => socket.writableLength);
    expect(Math.max(...held)).toBeLessThan(1_000_000);
    const sent = [...sockets].map((socket) => socket.bytesWritten - socket.writableLength);
    expect(Math.max(...sent), "the rest has not been read from Redis").toBeLessThan(14_000_000);
    client.socket.resume();
    const last = world.shelf(null).at(-1);
    await client.until(() => client.text().includes(`id: ${last && idOf(last)}\n\n`));
    expect(client.ids()).toEqual(world.shelf(null).map(idOf));
    client.socket.destroy();
  });
});
