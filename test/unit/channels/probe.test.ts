import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createProber, type ProberOptions } from "../../../src/channels/probe.js";
import { closedPort, smtpError, startHttp, startSmtp, startTcp } from "../../contract/channels/receivers.js";
import { selfSigned } from "./certificate.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const entry of open.splice(0).reverse()) await entry.close();
});

function prober(options: Partial<ProberOptions> = {}) {
  const made = createProber({
    allowedNetworks: ["127.0.0.0/8"],
    smtp: null,
    timeoutMs: 300,
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    ...options,
  });
  open.push(made);
  return made;
}

async function startTls(certificate: { key: string; cert: string }) {
  let requests = 0;
  const server = createTlsServer(certificate, (_request, response) => {
    requests += 1;
    response.end("ok");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  open.push({
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
  return { port: (server.address() as AddressInfo).port, requests: () => requests };
}

describe("a receiver", () => {
  it("is connected to and left again: nothing is sent to it", async () => {
    const server = await startHttp((_request, response) => response.end("ok"));
    open.push(server);
    expect(await prober().receiver("webhook", server.url)).toEqual({
      kind: "reached",
      certificateEndsAt: null,
    });
    await expect.poll(server.openSockets).toBe(0);
    expect(server.connections()).toBe(1);
    expect(server.received).toEqual([]);
  });

  it("tells until when its certificate is good, and that it is none any more, each time anew", async () => {
    const until = Math.floor(Date.now() / 1_000) * 1_000 + 72_000_000;
    const soon = selfSigned("hook.example", until);
    const old = selfSigned("hook.example", Date.now() - 3_600_000);
    const [good, bad] = [await startTls(soon), await startTls(old)];
    const reach = prober({ ca: soon.cert });
    for (const _ of [1, 2])
      expect(await reach.receiver("webhook", `https://hook.example:${good.port}`)).toEqual({
        kind: "reached",
        certificateEndsAt: until,
      });
    expect(good.requests()).toBe(0);
    const expired = await prober({ ca: old.cert }).receiver("webhook", `https://hook.example:${bad.port}`);
    expect(expired).toEqual({
      kind: "failed",
      reason: "TLS failed: the certificate has expired (CERT_HAS_EXPIRED)",
    });
    expect(await prober().receiver("webhook", `https://hook.example:${good.port}`)).toMatchObject({
      reason: expect.stringContaining("the certificate is self-signed"),
    });
  });

  it("that is down, or hangs in the handshake, is told in time", async () => {
    const down = await prober().receiver("webhook", `http://127.0.0.1:${await closedPort()}`);
    expect(down).toEqual({ kind: "failed", reason: "the connection was refused" });
    const hanging = await startTcp(() => {});
    open.push(hanging);
    const began = Date.now();
    const late = await prober().receiver("webhook", `https://hook.example:${hanging.port}`);
    expect(late).toMatchObject({ kind: "failed" });
    expect(Date.now() - began).toBeLessThan(600);
    await expect.poll(hanging.openSockets, { timeout: 600 }).toBe(0);
    const nameless = prober({ resolve: () => new Promise(() => {}) });
    expect(await nameless.receiver("webhook", "https://hook.example")).toMatchObject({ kind: "failed" });
  });

  it("that may not be reached is not connected to", async () => {
    const server = await startHttp((_request, response) => response.end("ok"));
    open.push(server);
    const strict = prober({ allowedNetworks: [] });
    expect(await strict.receiver("webhook", `https://hook.example:${server.port}`)).toEqual({
      kind: "refused",
      reason: "hook.example resolves to 127.0.0.1, a loopback address",
    });
    expect(await strict.receiver("slack", "https://hook.example")).toMatchObject({ kind: "refused" });
    expect(await strict.receiver("webhook", `https://[::1]:${server.port}`)).toMatchObject({
      kind: "refused",
    });
    expect(server.connections()).toBe(0);
  });
});

describe("the mail server", () => {
  const at = async (url: string) => prober({ smtp: { url } }).mailServer();

  it("is greeted and logged in to, and gets no mail", async () => {
    const logins: string[] = [];
    const server = await startSmtp({
      onAuth(auth, _session, callback) {
        logins.push(`${auth.username}:${auth.password}`);
        if (auth.password !== "right") return callback(smtpError(535, `no such password: ${auth.password}`));
        callback(null, { user: auth.username });
      },
      allowInsecureAuth: true,
    });
    open.push(server);
    const { port } = new URL(server.url);
    expect(await at(`smtp://ana:right@127.0.0.1:${port}`)).toEqual({ kind: "reached" });
    expect(logins).toEqual(["ana:right"]);
    const refused = await at(`smtp://ana:hunter2@127.0.0.1:${port}`);
    expect(refused).toMatchObject({ kind: "failed", at: "login", reason: expect.stringContaining("535") });
    expect(JSON.stringify(refused)).not.toContain("hunter2");
    expect(server.mails).toEqual([]);
  });

  it("that repeats the password at the end of a long answer does not get it shown in part", async () => {
    const server = await startSmtp({
      onAuth: (auth, _session, callback) => callback(smtpError(535, `${"no ".repeat(50)}${auth.password}`)),
      allowInsecureAuth: true,
    });
    open.push(server);
    const refused = await at(`smtp://ana:hunter2hunter2@127.0.0.1:${new URL(server.url).port}`);
    expect(refused).toMatchObject({ at: "login", reason: expect.stringContaining("535") });
    expect(JSON.stringify(refused)).not.toContain("hun");
  });

  it("that is not there, hangs, or speaks something else is told in time", async () => {
    expect(await at(`smtp://127.0.0.1:${await closedPort()}`)).toMatchObject({ at: "connection" });
    const hanging = await startTcp(() => {});
    open.push(hanging);
    const began = Date.now();
    expect(await at(`smtp://127.0.0.1:${hanging.port}`)).toMatchObject({ kind: "failed", at: "connection" });
    expect(Date.now() - began).toBeLessThan(600);
    await expect.poll(hanging.openSockets, { timeout: 600 }).toBe(0);
    const refusing = await startTcp((socket) => socket.write("554 go away\r\n"));
    open.push(refusing);
    expect(await at(`smtp://127.0.0.1:${refusing.port}`)).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("554 go away"),
    });
  });

  it("whose certificate is not good is told as that", async () => {
    const { port } = await startTls(selfSigned("mail.example"));
    expect(await at(`smtps://127.0.0.1:${port}`)).toMatchObject({ kind: "failed", at: "tls" });
  });

  it("is not looked for where none is set", async () => {
    expect(await prober().mailServer()).toBeNull();
  });
});
