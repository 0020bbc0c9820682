import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { afterEach, describe, expect, it } from "vitest";
import { makeEvent } from "./support/fixtures.js";
import { createHarness, json, token } from "./support/harness.js";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** The API on a real port, and a client that reads its stream. */
async function startStream(query = "", headers: Record<string, string> = {}, heartbeatMs = 15_000) {
  const stop = new AbortController();
  const harness = createHarness({ signal: stop.signal, heartbeatMs });
  const before = makeEvent({ key: "0" });
  const missed = makeEvent({ key: "1", seconds: 1 });
  harness.state.events.push(before, missed);
  const server = serve({ fetch: harness.app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  const client = new AbortController();
  const given = headers["last-event-id"] === "before" ? { "last-event-id": before.id } : headers;
  const response = await fetch(`http://127.0.0.1:${port}/v1/events/stream${query}`, {
    headers: { authorization: `Bearer ${token}`, ...given },
    signal: client.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const until = async (wanted: string): Promise<string> => {
    while (!text.includes(wanted)) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) throw new Error(`the stream ended with ${JSON.stringify(text)}`);
      text += value;
    }
    return text;
  };
  const ended = async (): Promise<boolean> => ((await reader?.read()) ?? { done: true }).done;
  const following = async (count: number): Promise<void> => {
    for (let round = 0; round < 100 && harness.following() !== count; round++) await sleep(10);
    expect(harness.following()).toBe(count);
  };
  return { ...harness, response, client, stop, until, ended, following, missed };
}

describe("GET /v1/events/stream", () => {
  it("tells events as they are committed, and nothing older", async () => {
    const { response, until, following, emit, missed, client } = await startStream();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    await until(": connected");
    await following(1);
    const event = makeEvent({ key: "2", seconds: 2 });
    emit(event);
    const text = await until(`id: ${event.id}\n`);
    expect(text).toContain(`event: favorite.added\ndata: ${event.body}\nid: ${event.id}\n`);
    expect(text).not.toContain(missed.id);
    client.abort();
    await following(0);
  });

  it("goes on after Last-Event-ID", async () => {
    const { until, missed, client } = await startStream("", { "last-event-id": "before" });
    expect(await until(missed.id)).toContain(`data: ${missed.body}`);
    client.abort();
  });

  it("filters by type and account", async () => {
    const { until, following, emit, client } = await startStream("?type=invoice.*");
    await until(": connected");
    await following(1);
    emit(makeEvent({ key: "2", seconds: 2 }));
    const invoice = makeEvent({ key: "3", type: "invoice.paid", seconds: 3 });
    emit(invoice);
    expect(await until(invoice.id)).not.toContain("favorite.added");
    client.abort();
  });

  it("says that it lives", async () => {
    const { until, client } = await startStream("", {}, 20);
    await until(": alive\n\n: alive\n\n");
    client.abort();
  });

  it("ends when the program stops", async () => {
    const { until, ended, following, stop } = await startStream();
    await until(": connected");
    await following(1);
    stop.abort();
    expect(await ended()).toBe(true);
    await following(0);
  });

  it("ends when the store goes away, so that the client comes back", async () => {
    const harness = createHarness();
    harness.state.fail = new Error("Connection is closed.");
    const response = await harness.send("GET", "/v1/events/stream");
    expect(await response.text()).toContain(": connected");
    expect(harness.lines.some((line) => line.msg === "event stream ended early")).toBe(true);
  });

  it.each([
    ["/v1/events/stream", { "last-event-id": "made-up" }, "last-event-id"],
    ["/v1/events/stream?type=nothing.real", {}, "type[0]"],
    ["/v1/events/stream?color=red", {}, "color"],
  ])("refuses %s %j", async (path, headers, field) => {
    const response = await createHarness().send("GET", path, { headers });
    expect(response.status).toBe(400);
    expect((await json(response)).errors).toMatchObject([{ path: field }]);
  });
});
