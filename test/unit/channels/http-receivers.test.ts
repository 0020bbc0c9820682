import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { parseNetworks } from "../../../src/channels/addresses.js";
import { createHttp, type HttpOptions } from "../../../src/channels/http.js";
import { startHttp, startTcp } from "../../contract/channels/receivers.js";

const allowed = parseNetworks(["127.0.0.0/8"]);
const never = new AbortController().signal;
const deadlineMs = 250;
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const entry of open.splice(0).reverse()) await entry.close();
});

/** What comes of one POST to a server that treats sockets so, and how many connections are left of it. */
async function postTo(onSocket: (socket: Socket, count: number) => void, more: Partial<HttpOptions> = {}) {
  const server = await startTcp(onSocket);
  const http = createHttp({ allowed, deadlineMs: 3_000, ...more });
  open.push(server, http);
  const began = Date.now();
  const url = `${server.url}/hook?token=s3cret`;
  const outcome = await http.post({ url, headers: { authorization: "s3cret" }, body: "{}" }, never);
  return { outcome, ms: Date.now() - began, server };
}

/** Answers each request with these bytes. */
const answering = (bytes: string | Buffer) => (socket: Socket) =>
  void socket.on("data", () => socket.write(bytes));
const ending = (bytes: string | Buffer) => (socket: Socket) =>
  void socket.once("data", () => socket.end(bytes));
/** Writes one piece, and then another again and again. */
const trickling = (first: string, piece: string, everyMs: number) => (socket: Socket) => {
  socket.once("data", () => {
    socket.write(first);
    const timer = setInterval(() => socket.write(piece), everyMs);
    socket.on("close", () => clearInterval(timer));
  });
};

const readingLate = (socket: Socket) => {
  socket.pause();
  setTimeout(() => socket.resume(), deadlineMs + 100);
};

const late = "no complete answer within 0.25 s";
const closed = "the connection was closed before a complete answer";
const tooLarge = "the headers of the answer are too large";
const notHttp = "the answer is not HTTP";
const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

describe("a receiver that", () => {
  it.each<[string, (socket: Socket) => void, string]>([
    ["never answers", () => {}, late],
    ["reads late", readingLate, late],
    ["writes headers byte by byte", trickling("HTTP/1.1 200 OK\r\nx: ", "x", 15), late],
    ["writes the body byte by byte", trickling(chunked, "1\r\nx\r\n", 15), late],
    ["answers 103 without end", trickling("", "HTTP/1.1 103 Early Hints\r\n\r\n", 5), late],
    [
      "writes without end",
      trickling(chunked, `10000\r\n${"x".repeat(65_536)}\r\n`, 1),
      "the answer (200) is over 64 KiB",
    ],
    ["closes at once", (socket) => void socket.end(), closed],
    ["closes after the request", ending(""), closed],
    [
      "resets",
      (socket) => void socket.once("data", () => socket.resetAndDestroy()),
      "the connection was reset",
    ],
    ["closes within the headers", ending("HTTP/1.1 200 OK\r\ncontent-le"), closed],
    ["closes within the body", ending("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"), closed],
    ["closes within a chunk", ending(`${chunked}9\r\nhalf`), closed],
    ["gives a chunk no size", answering(`${chunked}zz\r\nhalf\r\n`), notHttp],
    [
      "gives two lengths",
      answering("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx"),
      closed,
    ],
    ["gives a length that is none", answering("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"), notHttp],
    ["sends one header of 17 kB", answering(`HTTP/1.1 200 OK\r\nx: ${"x".repeat(17_000)}\r\n\r\n`), tooLarge],
    [
      "sends headers of 20 kB",
      answering(`HTTP/1.1 200 OK\r\n${"x: 12345678\r\n".repeat(3_000)}\r\n`),
      tooLarge,
    ],
    ["speaks SSH", answering("SSH-2.0-OpenSSH\r\n"), notHttp],
    [
      "speaks HTTP/2 only",
      answering(Buffer.from("000006040000000000000300000064", "hex")),
      "the answer is not HTTP",
    ],
    ["speaks noise", answering(Buffer.from([0, 255, 128, 10, 13, 7])), notHttp],
    [
      "switches protocols",
      answering("HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n"),
      closed,
    ],
  ])("%s is an error, ends in time and leaves nothing", async (_name, onSocket, reason) => {
    const { outcome, ms, server } = await postTo(onSocket, {
      deadlineMs: reason === late ? deadlineMs : 3_000,
    });
    expect(outcome).toEqual({ kind: "error", reason });
    if (reason === late) expect(ms).toBeLessThan(deadlineMs + 300);
    expect(JSON.stringify(outcome)).not.toMatch(/s3cret|token|127\.0\.0\.1/);
    await expect.poll(server.openSockets).toBe(0);
  });

  it.each<[string, string | Buffer, string]>([
    ["sends 100 headers", `HTTP/1.1 200 OK\r\n${"x: 1\r\n".repeat(100)}content-length: 2\r\n\r\nok`, "ok"],
    ["sends NUL bytes", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\na\0b", "a\0b"],
    [
      "sends hints first",
      "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
      "ok",
    ],
    ["sends no body", "HTTP/1.1 204 No Content\r\n\r\n", ""],
    [
      "sends more than it said",
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nokay",
      "ok",
    ],
  ])("%s is answered", async (_name, bytes, body) => {
    expect((await postTo(answering(bytes))).outcome).toMatchObject({ kind: "answered", body });
  });

  it("ends its body by closing is answered", async () => {
    expect((await postTo(ending("HTTP/1.0 200 OK\r\n\r\nok"))).outcome).toMatchObject({ body: "ok" });
  });

  it("compresses a bomb is not inflated", async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    expect(bomb.length).toBeLessThan(65_536);
    const head = `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`;
    const { outcome } = await postTo(answering(Buffer.concat([Buffer.from(head), bomb])));
    if (outcome.kind !== "answered") throw new Error(JSON.stringify(outcome));
    expect(Buffer.byteLength(outcome.body)).toBeLessThan(3 * 4_096);
    expect(outcome.body).not.toMatch(/\p{Cs}/u);
  });

  it("answers before it has read everything is answered, or was reset", async () => {
    const server = await startTcp((socket) => {
      socket.once("data", () => {
        socket.pause();
        socket.write("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", () =>
          socket.resetAndDestroy(),
        );
      });
    });
    const http = createHttp({ allowed, deadlineMs: 2_000 });
    open.push(server, http);
    const outcome = await http.post({ url: server.url, headers: {}, body: "x".repeat(20_000_000) }, never);
    expect(outcome).toMatchObject(
      outcome.kind === "answered" ? { status: 413 } : { kind: "error", reason: "the connection was reset" },
    );
    await expect.poll(server.openSockets).toBe(0);
  });

  it.each([301, 302, 303, 307, 308])(
    "redirects inside with %i is answered so, and never followed",
    async (status) => {
      const server = await startHttp((_request, response) =>
        response.writeHead(status, { location: "http://127.0.0.1:1/secret" }).end(),
      );
      const http = createHttp({ allowed, deadlineMs: 3_000 });
      open.push(server, http);
      const outcome = await http.post({ url: server.url, headers: {}, body: "{}" }, never);
      expect(outcome).toMatchObject({ kind: "answered", status });
      expect(server.received).toHaveLength(1);
    },
  );
});

describe("a caller that stops", () => {
  it.each<[string, Partial<HttpOptions>]>([
    ["looking up a name", { resolve: () => new Promise(() => {}) }],
    ["waiting for an answer", {}],
  ])("while %s is heard at once, and nothing is left", async (_name, more) => {
    const server = await startTcp(() => {});
    const http = createHttp({ allowed, deadlineMs: 5_000, ...more });
    open.push(server, http);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const began = Date.now();
    const host = more.resolve ? "slow.example" : "127.0.0.1";
    const request = { url: `http://${host}:${server.port}/`, headers: {}, body: "{}" };
    const outcome = await http.post(request, controller.signal);
    expect(outcome).toEqual({ kind: "error", reason: "stopped before an answer came" });
    expect(Date.now() - began).toBeLessThan(1_000);
    await http.close();
    await expect.poll(server.openSockets).toBe(0);
    expect(await http.post(request, never)).toMatchObject({ reason: "stopped before an answer came" });
  });
});
