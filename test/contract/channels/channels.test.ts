import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  eventLike,
  everyExample,
  example,
  favorites,
  hostileNames,
  messageOf,
} from "../../unit/channels/messages.js";
import { harnesses, type Rig } from "./harness.js";

const deadlineMs = 600;
const never = new AbortController().signal;

/** Every channel keeps the same promises, whatever it speaks. */
describe.each(harnesses)("channel $name", ({ start, later, gone }) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await start(deadlineMs);
  });
  afterEach(async () => {
    await rig.closeChannel();
    await rig.close();
  });
  const send = (events = [example("favorite.added")], signal: AbortSignal = never) =>
    rig.channel.send(messageOf(events, rig.settings), signal);

  it("delivers", async () => {
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: "delivered", status: expect.any(Number) });
    expect(rig.received()).toHaveLength(1);
    expect(rig.received()[0]).toContain("Jane Doe");
  });

  it("delivers every type of the catalogue", async () => {
    for (const event of everyExample) expect(await send([event])).toMatchObject({ kind: "delivered" });
    expect(rig.received()).toHaveLength(everyExample.length);
  });

  it("ends at its deadline when the receiver is slow, and says so", async () => {
    rig.set("slow");
    const began = Date.now();
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: "retry", error: expect.stringMatching(/within 0.6 s/) });
    expect(Date.now() - began).toBeGreaterThanOrEqual(deadlineMs - 20);
    expect(Date.now() - began).toBeLessThan(deadlineMs + 500);
  });

  it("retries a refused connection, without telling secrets", async () => {
    const { channel, settings } = rig.nowhere;
    const outcome = await channel.send(messageOf([example("invoice.paid")], settings), never);
    expect(outcome.kind).toBe("retry");
    expect(JSON.stringify(outcome)).not.toContain("s3cret");
    expect(JSON.stringify(outcome)).toMatch(/refused/i);
  });

  it("retries when the receiver hangs up", async () => {
    rig.set("hang-up");
    expect(await send()).toMatchObject({ kind: "retry" });
  });

  it("ends early when it is told to", async () => {
    rig.set("slow");
    const controller = new AbortController();
    const began = Date.now();
    setTimeout(() => controller.abort(), 50);
    const outcome = await send(undefined, controller.signal);
    expect(outcome).toMatchObject({ kind: "retry", error: expect.stringMatching(/stopped/) });
    expect(Date.now() - began).toBeLessThan(400);
    expect(await send(undefined, AbortSignal.abort())).toMatchObject({ kind: "retry" });
  });

  it("waits as the receiver asks", async () => {
    rig.set("later");
    expect(await send()).toMatchObject(later);
  });

  it("tells a receiver that is overloaded from one that fails", async () => {
    rig.set("overloaded");
    expect(await send()).toMatchObject({ kind: "retry", overloaded: true, holdMailbox: false });
    rig.set("talkative");
    expect(await send()).toMatchObject({ kind: "retry", overloaded: false });
  });

  it("records no more than 4 kB of what it is told, and no secret", async () => {
    rig.set("talkative");
    const text = JSON.stringify(await send());
    expect(Buffer.byteLength(text)).toBeLessThan(5 * 1_024);
    expect(text).not.toContain("s3cret");
  });

  it("stops many at once, and goes on afterwards", async () => {
    rig.set("slow");
    const controller = new AbortController();
    const many = Array.from({ length: 12 }, () => send(undefined, controller.signal));
    setTimeout(() => controller.abort(), 50);
    for (const outcome of await Promise.all(many)) expect(outcome).toMatchObject({ kind: "retry" });
    rig.set("ok");
    expect(await send()).toMatchObject({ kind: "delivered" });
  });

  it("knows a receiver that is gone", async () => {
    rig.set("gone");
    expect(await send()).toMatchObject({ kind: gone, error: expect.any(String) });
  });

  it("works again after a failure", async () => {
    rig.set("slow");
    await send();
    rig.set("ok");
    expect(await send()).toMatchObject({ kind: "delivered" });
  });

  it("carries any name", async () => {
    for (const name of hostileNames) {
      const event = eventLike("favorite.updated", {
        account: { id: "acc_test", name },
        client: { id: null, name, email: name },
        collection: { id: "1", name },
        object: { media: { id: "1", kind: "photo", name }, list: { id: "1", name }, note: name },
        previous: { note: name },
      });
      expect(await send([event])).toMatchObject({ kind: "delivered" });
    }
    expect(rig.received()).toHaveLength(hostileNames.length);
  });

  it("carries a digest of 10,000 events", async () => {
    const rigWithTime = await start(10_000);
    const message = messageOf(favorites(10_000), rigWithTime.settings);
    expect(await rigWithTime.channel.send(message, never)).toMatchObject({ kind: "delivered" });
    expect(rigWithTime.received()).toHaveLength(1);
    await rigWithTime.closeChannel();
    await rigWithTime.close();
  });

  it("sends many at once over few connections", async () => {
    const rigWithTime = await start(10_000);
    const message = messageOf([example("favorite.added")], rigWithTime.settings);
    const many = Array.from({ length: 40 }, () => rigWithTime.channel.send(message, never));
    const outcomes = await Promise.all(many);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["delivered"]));
    expect(rigWithTime.received()).toHaveLength(40);
    await rigWithTime.closeChannel();
    await rigWithTime.close();
  });

  it("leaves no connection open when it is closed", async () => {
    await send();
    await rig.closeChannel();
    await expect.poll(() => rig.openSockets()).toBe(0);
    expect(await send()).toMatchObject({ kind: "retry" });
  });
});
