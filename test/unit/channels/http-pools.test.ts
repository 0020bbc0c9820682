import { afterEach, describe, expect, it } from "vitest";
import { parseNetworks } from "../../../src/channels/addresses.js";
import { createHttp, type HttpOptions } from "../../../src/channels/http.js";
import { startHttp, startTcp } from "../../contract/channels/receivers.js";

const allowed = parseNetworks(["127.0.0.0/8"]);
const never = new AbortController().signal;
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const entry of open.splice(0).reverse()) await entry.close();
});
const clientWith = (options: Partial<HttpOptions> = {}) => {
  const http = createHttp({ allowed, deadlineMs: 2_000, ...options });
  open.push(http);
  return (url: string) => http.post({ url, headers: {}, body: "{}" }, never);
};
const startReceiver = async (
  answer: Parameters<typeof startHttp>[0] = (_request, response) => response.end("ok"),
) => {
  const server = await startHttp(answer);
  open.push(server);
  return server;
};
const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

describe("connections", () => {
  it("are one for 1,000 messages one after the other", async () => {
    const server = await startReceiver();
    const post = clientWith();
    for (let count = 0; count < 1_000; count += 1) await post(server.url);
    expect(server.received).toHaveLength(1_000);
    expect(server.connections()).toBe(1);
  });

  it("are 50 for 50 messages at once, and no more for the next 50", async () => {
    const server = await startReceiver((_request, response) => void setTimeout(() => response.end("ok"), 20));
    const post = clientWith();
    for (let round = 0; round < 2; round += 1) {
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => post(server.url)));
      expect(outcomes.every(({ kind }) => kind === "answered")).toBe(true);
    }
    expect(server.connections()).toBeLessThanOrEqual(50);
  });

  it("are renewed, so that a name that has moved inside is noticed while they are busy", async () => {
    const server = await startReceiver();
    let address = "127.0.0.1";
    const post = clientWith({ renewMs: 150, resolve: async () => [{ address, family: 4 }] });
    const url = `http://moving.example:${server.port}/`;
    expect(await post(url)).toMatchObject({ kind: "answered" });
    address = "10.0.0.1";
    expect(await post(url)).toMatchObject({ kind: "answered" });
    await expect.poll(async () => (await post(url)).kind, { interval: 20, timeout: 500 }).toBe("refused");
    expect(server.connections()).toBe(1);
    await expect.poll(server.openSockets).toBe(0);
  });

  it("of many receivers go, each with its pool", async () => {
    const server = await startReceiver((_request, response) =>
      response.setHeader("connection", "close").end("ok"),
    );
    const http = createHttp({ allowed, resolve: async () => [{ address: "127.0.0.1", family: 4 }] });
    open.push(http);
    const post = (url: string) => http.post({ url, headers: {}, body: "{}" }, never);
    const used = async (from: number, count: number) => {
      for (let index = from; index < from + count; index += 20) {
        const some = Array.from(
          { length: 20 },
          (_, offset) => `http://r${index + offset}.example:${server.port}/`,
        );
        for (const outcome of await Promise.all(some.map(post))) expect(outcome.kind).toBe("answered");
      }
    };
    await used(0, 300);
    await expect.poll(server.openSockets).toBe(0);
    await expect.poll(http.receivers).toBe(0);
    expect(server.connections()).toBe(300);
  });
});

describe("a kept connection", () => {
  it("that the receiver closes on the next request is tried anew, once and at once", async () => {
    const server = await startTcp((socket, count) => {
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        if (count === 1 && requests === 2) socket.resetAndDestroy();
        else socket.write(ok);
      });
    });
    open.push(server);
    const post = clientWith();
    const began = Date.now();
    expect(await post(server.url)).toMatchObject({ kind: "answered" });
    expect(await post(server.url)).toMatchObject({ kind: "answered", body: "ok" });
    expect(server.connections()).toBe(2);
    expect(Date.now() - began).toBeLessThan(500);
  });

  it("that closes after part of an answer is a failed attempt: it was heard", async () => {
    const server = await startTcp((socket, count) => {
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        if (count === 1 && requests === 2) socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
        else socket.write(ok);
      });
    });
    open.push(server);
    const post = clientWith();
    await post(server.url);
    expect(await post(server.url)).toMatchObject({ kind: "error" });
    expect(server.connections()).toBe(1);
  });

  it("is the only kind that is tried anew: a receiver that always closes is asked once", async () => {
    let requests = 0;
    const server = await startTcp((socket) => {
      socket.on("data", () => {
        requests += 1;
        socket.resetAndDestroy();
      });
    });
    open.push(server);
    expect(await clientWith()(server.url)).toMatchObject({
      kind: "error",
      reason: "the connection was reset",
    });
    expect(requests).toBe(1);
  });
});
