import { afterEach, describe, expect, it } from "vitest";
import { type Channels, type ChannelsOptions, createChannels } from "../../../src/channels/registry.js";
import { SettingsError } from "../../../src/errors.js";
import { example, messageOf } from "./messages.js";

const options: ChannelsOptions = {
  allowedNetworks: [],
  smtp: null,
  version: "1",
  unsubscribeUrl: () => "https://p.example/u",
};
const webhook = (url: string) =>
  ({ type: "webhook", url, format: "standard", headers: {}, asymmetric: false }) as const;
const email = { type: "email", to: ["jane@example.com"] } as { type: "email"; to: string[] };

describe("createChannels", () => {
  let channels: Channels;
  afterEach(() => channels.close());

  it("says why a subscription cannot work", async () => {
    channels = createChannels(options);
    expect(await channels.check(webhook("http://example.com/"))).toMatch(/must be https/);
    expect(await channels.check(webhook("https://10.0.0.1/"))).toBe("10.0.0.1 is a private address");
    expect(await channels.check(webhook("https://localhost/"))).toMatch(
      /localhost resolves to .* a loopback address/,
    );
    expect(await channels.check({ type: "slack", url: "https://8.8.8.8/" })).toMatch(/on hooks.slack.com or/);
    expect(await channels.check(email)).toBe("email is not set up: set SMTP_URL and EMAIL_FROM");
    expect(await channels.check(webhook("https://1.1.1.1/"))).toBeNull();
  });

  it("lets the allowed networks and a set-up mail server pass", async () => {
    const smtp = { url: "smtp://127.0.0.1:1", from: "a@example.com" };
    channels = createChannels({ ...options, allowedNetworks: ["127.0.0.0/8"], smtp });
    expect(await channels.check(webhook("http://127.0.0.1:1/"))).toBeNull();
    expect(await channels.check({ type: "slack", url: "http://127.0.0.1:1/" })).toBeNull();
    expect(await channels.check(email)).toBeNull();
  });

  it("sends through the channel of the subscription, and never throws", async () => {
    channels = createChannels(options);
    const event = example("favorite.added");
    const { signal } = new AbortController();
    const blocked = await channels.send(messageOf([event], webhook("https://127.0.0.1/")), signal);
    expect(blocked).toEqual({ kind: "blocked", error: "address refused: 127.0.0.1 is a loopback address" });
    expect(await channels.send(messageOf([event], email), signal)).toMatchObject({ kind: "retry" });
    const broken = messageOf([event], webhook("https://example.com/"), {
      secrets: { current: "", previous: [] },
    });
    expect(await channels.send(broken, signal)).toMatchObject({
      kind: "retry",
      error: expect.stringMatching(/^internal error in the webhook channel/),
    });
  });

  it("refuses networks that are none", () => {
    channels = createChannels(options);
    expect(() => createChannels({ ...options, allowedNetworks: ["lan"] })).toThrow(SettingsError);
  });
});
