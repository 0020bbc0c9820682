import { connect } from "node:net";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IdempotencyStore } from "../../src/api/idempotency.js";
import { type HttpServer, listen } from "../../src/cli/http.js";
import { createBrowser } from "./support/browser.js";
import { createHarness, token } from "./support/harness.js";

let server: HttpServer;
let harness: ReturnType<typeof createHarness>;
const deadlines = { headersMs: 250, requestMs: 500, checkMs: 50 };

beforeEach(async () => {
  server = await listen({ host: "127.0.0.1", port: 0, deadlines });
  const idempotency: IdempotencyStore = {
    get: async () => null,
    put: async () => undefined,
    lock: async () => async () => undefined,
  };
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const dashboard = createBrowser({ log }).app;
  harness = { ...createHarness({ idempotency, dashboard, log }), lines };
  server.use(harness.app.fetch);
});
afterEach(() => server.close(0));

/** Sends bytes over a socket and answers with all that comes back, when the server ends the connection. */
function exchange(...parts: readonly (string | { readonly everyMs: number; readonly text: string })[]) {
  return new Promise<string>((resolve) => {
    const socket = connect(server.port, "127.0.0.1");
    let answer = "";
    const timers: NodeJS.Timeout[] = [];
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => (answer += text));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      for (const timer of timers) clearInterval(timer);
      resolve(answer);
    });
    for (const part of parts) {
      if (typeof part === "string") socket.write(part);
      else timers.push(setInterval(() => socket.write(part.text), part.everyMs));
    }
  });
}
const head = (line: string, ...headers: string[]) =>
  `${[line, "host: localhost", ...headers].join("\r\n")}\r\n\r\n`;
const authorization = `authorization: Bearer ${token}`;
const json = "content-type: application/json";
const get = (path: string, ...headers: string[]) =>
  exchange(head(`GET ${path} HTTP/1.1`, "connection: close", ...headers));

/** An answer that tells nothing but what was wrong with the request. */
function expectPlain(answer: string, status: number): void {
  expect(answer.split("\r\n")[0]).toContain(`HTTP/1.1 ${status} `);
  expect(answer).not.toMatch(/\bat .*:\d+:\d+|node:|Error:/);
  expect(answer.length).toBeLessThan(400);
}

describe("headers", () => {
  it("over 16 KiB are answered with 431", async () => {
    expectPlain(await get("/v1/accounts", `x-pad: ${"x".repeat(20_000)}`), 431);
  });

  it("up to 16 KiB are read", async () => {
    const answer = await get("/v1/accounts", authorization, `x-pad: ${"x".repeat(12_000)}`);
    expect(answer).toContain("HTTP/1.1 200 ");
  });

  it("of a number beyond reason are answered with 431, and none is dropped in silence", async () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `x-${i}: y`);
    expectPlain(await get("/v1/accounts", ...many(150)), 431);
    expectPlain(await get("/v1/accounts", ...many(2_100)), 431);
    expect(await get("/v1/accounts", ...many(90), authorization)).toContain("HTTP/1.1 200 ");
  });
});

describe("an address", () => {
  it("over 8 KiB is answered with 414", async () => {
    expectPlain(await get(`/v1/events?type=${"x".repeat(9_000)}`, authorization), 414);
  });

  it.each(["GET / FTP/1.1", "GET /\0 HTTP/1.1", "\x16\x03\x01"])(
    "that is none (%j) is answered with 400",
    async (line) => {
      expectPlain(await exchange(`${line}\r\n\r\n`), 400);
    },
  );
});

describe("a body", () => {
  const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;

  it("over 1 MiB is answered with 413, whether it says its length or comes in chunks", async () => {
    const headers = [authorization, json, "connection: close"];
    const said = head("POST /v1/accounts HTTP/1.1", ...headers, "content-length: 1048577");
    expect(await exchange(said, "x".repeat(1_048_577))).toContain("HTTP/1.1 413 ");
    const chunked = head("POST /v1/accounts HTTP/1.1", ...headers, "transfer-encoding: chunked");
    const answer = await exchange(chunked, chunk.repeat(17), "0\r\n\r\n");
    expect(answer).toContain("HTTP/1.1 413 ");
    expect(answer).toContain('"code":"payload_too_large"');
    expect(harness.state.calls).toEqual([]);
  });

  it("without end is cut off", async () => {
    const chunked = head("POST /v1/accounts HTTP/1.1", authorization, json, "transfer-encoding: chunked");
    const answer = await exchange(chunked, { everyMs: 1, text: chunk });
    expect(answer === "" || answer.includes(" 413 ")).toBe(true);
  });

  it.each(["x-nothing: y", "idempotency-key: k"])(
    "that comes too slowly ends by the deadline, with %s",
    async (more) => {
      const started = performance.now();
      const opening = head("POST /v1/accounts HTTP/1.1", authorization, json, more, "content-length: 1000");
      expectPlain(await exchange(opening, { everyMs: 40, text: "x" }), 408);
      expect(performance.now() - started).toBeLessThan(2_000);
      // It is no trouble of ours, and nothing that a log should be filled with.
      const worrying = harness.lines.filter(({ level }) => Number(level) > 30);
      expect(worrying).toEqual([]);
    },
  );

  it("of a form that comes too slowly ends by the deadline", async () => {
    const form = "content-type: application/x-www-form-urlencoded";
    const opening = head("POST /sign-in HTTP/1.1", form, "content-length: 1000");
    expectPlain(await exchange(opening, { everyMs: 40, text: "x" }), 408);
    expect(harness.lines.filter(({ level }) => Number(level) > 30)).toEqual([]);
  });

  it("without a valid token is not waited for", async () => {
    const opening = head("POST /v1/accounts HTTP/1.1", json, "content-length: 1000", "connection: close");
    expect(await exchange(opening)).toContain("HTTP/1.1 401 ");
  });
});

it("headers that come too slowly end by the deadline", async () => {
  expectPlain(
    await exchange("GET /v1/accounts HTTP/1.1\r\nhost: x\r\n", { everyMs: 40, text: "x: y\r\n" }),
    408,
  );
});

it("wrong tokens are counted by the address of the socket, whatever a header says", async () => {
  const guess = (i: number) =>
    get("/v1/accounts", `authorization: Bearer wrong${i}`, `x-forwarded-for: 10.0.0.${i}`);
  const answers = await Promise.all(Array.from({ length: 25 }, (_, i) => guess(i)));
  expect(answers.filter((answer) => answer.includes(" 429 "))).toHaveLength(5);
  expect(await get("/v1/accounts", authorization)).toContain(" 429 ");
});
