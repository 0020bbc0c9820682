import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseNetworks } from "../../../src/channels/addresses.js";
import { createHttp, type Http, type HttpOptions } from "../../../src/channels/http.js";
import { startHttp } from "../../contract/channels/receivers.js";
import { selfSigned } from "./certificate.js";

const allowed = parseNetworks(["127.0.0.0/8"]);
const never = new AbortController().signal;
const open: { close(): Promise<unknown> }[] = [];
const clientWith = (options: Partial<HttpOptions> = {}): Http => {
  const http = createHttp({ allowed, deadlineMs: 1_000, ...options });
  open.push(http);
  return http;
};
const serverWith = async (answer: Parameters<typeof startHttp>[0]) => {
  const server = await startHttp(answer);
  open.push(server);
  return server;
};
afterEach(async () => {
  for (const entry of open.splice(0)) await entry.close();
});
const post = (http: Http, url: string, headers = {}) => http.post({ url, headers, body: "{}" }, never);

describe("post", () => {
  it("reuses connections, and closes them when idle", async () => {
    const server = await serverWith((_request, response) => response.end("ok"));
    const http = clientWith();
    for (let round = 0; round < 5; round += 1) await post(http, server.url);
    // A second one at most: the first may still be putting an answer away when the next request comes.
    expect(server.connections()).toBeLessThanOrEqual(2);
    await expect.poll(() => server.openSockets(), { timeout: 8_000 }).toBe(0);
  });

  it("never follows a redirect", async () => {
    const server = await serverWith((request, response) => {
      if (request.url === "/there") return response.end("no");
      return response.writeHead(302, { location: "/there" }).end();
    });
    expect(await post(clientWith(), server.url)).toMatchObject({ kind: "answered", status: 302 });
    expect(server.received).toHaveLength(1);
  });

  it("keeps 4 kB of the answer, whole characters only", async () => {
    const server = await serverWith((_request, response) => response.end(`a${"é".repeat(4_000)}`));
    const outcome = await post(clientWith(), server.url);
    expect(outcome).toMatchObject({ kind: "answered", body: `a${"é".repeat(2_047)}` });
  });

  it("writes bytes that are no UTF-8 as valid text", async () => {
    const server = await serverWith((_request, response) => response.end(Buffer.from([0xff, 0x61, 0xc3])));
    expect(await post(clientWith(), server.url)).toMatchObject({ body: "\ufffda\ufffd" });
  });

  it("accepts 64 KiB and gives up above", async () => {
    let size = 65_536;
    const server = await serverWith((_request, response) => response.end("x".repeat(size)));
    expect(await post(clientWith(), server.url)).toMatchObject({ kind: "answered", body: "x".repeat(4_096) });
    size += 1;
    expect(await post(clientWith(), server.url)).toEqual({
      kind: "error",
      reason: "the answer (200) is over 64 KiB",
    });
  });

  it("gives up on an answer that trickles without end", async () => {
    const server = await serverWith((_request, response) => {
      const timer = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(timer));
    });
    const began = Date.now();
    const outcome = await post(clientWith({ deadlineMs: 300 }), server.url);
    expect(outcome).toEqual({ kind: "error", reason: "no complete answer within 0.3 s" });
    expect(Date.now() - began).toBeLessThan(600);
    await expect.poll(() => server.openSockets()).toBe(0);
  });

  it("counts the name's resolution against the deadline", async () => {
    const http = clientWith({ deadlineMs: 200, resolve: () => new Promise(() => {}) });
    expect(await post(http, "https://slow.example/")).toMatchObject({
      reason: "no complete answer within 0.2 s",
    });
  });

  it("lets no header in through a value, and never throws", async () => {
    const server = await serverWith((_request, response) => response.end("ok"));
    const http = clientWith();
    for (const headers of [{ "x-a": "b\r\nx-c: d" }, { "x-a": "b\0" }, { "bad name": "x" }]) {
      expect(await post(http, server.url, headers)).toMatchObject({ kind: "error" });
    }
    expect(server.received).toHaveLength(0);
    expect(await post(http, "no url")).toMatchObject({ kind: "refused" });
  });

  it("says what a peer that speaks no HTTP did", async () => {
    const server = await serverWith((_request, response) => {
      response.socket?.end("SSH-2.0-OpenSSH\r\n");
    });
    expect(await post(clientWith(), server.url)).toEqual({ kind: "error", reason: "the answer is not HTTP" });
  });
});

describe("the guard", () => {
  it("refuses a name with one bad address, and connects to nothing", async () => {
    const server = await serverWith((_request, response) => response.end("ok"));
    const http = clientWith({
      resolve: async () => [
        { address: "127.0.0.1", family: 4 },
        { address: "10.0.0.5", family: 4 },
      ],
    });
    expect(await post(http, `http://mixed.example:${server.port}/`)).toEqual({
      kind: "refused",
      reason: "mixed.example resolves to 10.0.0.5, a private address",
    });
    expect(server.connections()).toBe(0);
  });

  it("connects to what it checked: a name that changes its mind gains nothing", async () => {
    const server = await serverWith((_request, response) => response.end("ok"));
    let calls = 0;
    const http = clientWith({
      resolve: async () => {
        calls += 1;
        return [{ address: calls === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }];
      },
    });
    const url = `http://rebind.example:${server.port}/`;
    expect(await post(http, url)).toMatchObject({ kind: "answered" });
    // One look-up for one connection: there is none between check and connect.
    expect([calls, server.connections()]).toEqual([1, 1]);
    server.dropConnections();
    await expect.poll(async () => (await post(http, url)).kind).toBe("refused");
  });

  it("refuses plain http to a public address behind a name", async () => {
    const http = clientWith({ resolve: async () => [{ address: "8.8.8.8", family: 4 }] });
    expect(await post(http, "http://public.example/")).toMatchObject({
      kind: "refused",
      reason: "public.example resolves to 8.8.8.8, outside the allowed networks",
    });
  });

  it("refuses loopback by name and by number when nothing is allowed", async () => {
    const http = clientWith({ allowed: [] });
    for (const url of ["https://localhost/", "https://127.0.0.1/", "https://[::1]/", "http://localhost/"]) {
      expect(await post(http, url)).toMatchObject({ kind: "refused" });
    }
  });
});

describe("TLS", () => {
  const { key, cert: ca } = selfSigned("hook.example");
  const server = createTlsServer({ key, cert: ca }, (_request, response) => response.end("secure"));
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
  const url = (host: string) => `https://${host}:${(server.address() as AddressInfo).port}/`;

  it("accepts a certificate of a known authority for the right name", async () => {
    expect(await post(clientWith({ resolve, ca }), url("hook.example"))).toMatchObject({ body: "secure" });
  });

  it("refuses an unknown authority, a wrong name and a server without TLS", async () => {
    const unknown = await post(clientWith({ resolve }), url("hook.example"));
    expect(unknown).toMatchObject({ kind: "error", reason: expect.stringMatching(/^TLS failed/) });
    const wrong = await post(clientWith({ resolve, ca }), url("other.example"));
    expect(wrong).toMatchObject({ kind: "error", reason: expect.stringMatching(/^TLS failed/) });
    const plain = await serverWith((_request, response) => response.end("ok"));
    const outcome = await post(clientWith({ resolve }), `https://hook.example:${plain.port}/`);
    expect(outcome).toMatchObject({ kind: "error", reason: expect.stringMatching(/^TLS failed/) });
  });
});
