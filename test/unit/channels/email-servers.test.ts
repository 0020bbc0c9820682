import type { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createEmailChannel } from "../../../src/channels/email.js";
import { closedPort, smtpError, startSmtp, startTcp } from "../../contract/channels/receivers.js";
import { example, messageOf } from "./messages.js";

const never = new AbortController().signal;
const deadlineMs = 400;
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const entry of open.splice(0).reverse()) await entry.close();
});

type Step = "greeting" | "EHLO" | "MAIL" | "RCPT" | "DATA" | "message" | "dot";
const replies: Record<Step, string> = {
  greeting: "220 test ESMTP",
  EHLO: "250 test",
  MAIL: "250 ok",
  RCPT: "250 ok",
  DATA: "354 go on",
  message: "",
  dot: "250 queued as 1",
};

/** A mail server that does `act` at one step, as long as `isBad` says so, and else what it should. */
async function startScript(at: Step, act: (socket: Socket) => void, isBad = () => true) {
  const ids: string[] = [];
  const server = await startTcp((socket) => {
    const step = (name: Step) => {
      if (name === at && isBad()) return act(socket);
      if (replies[name] !== "") socket.write(`${replies[name]}\r\n`);
    };
    let isData = false;
    let pending = "";
    socket.on("data", (chunk) => {
      pending += chunk.toString();
      const lines = pending.split("\r\n");
      pending = lines.pop() ?? "";
      for (const line of lines) {
        if (isData) {
          const id = /^Message-ID: (.*)/i.exec(line)?.[1];
          if (id) ids.push(id);
          if (id) step("message");
          if (line !== ".") continue;
          isData = false;
          step("dot");
        } else if (/^(EHLO|HELO)/.test(line)) step("EHLO");
        else if (line.startsWith("MAIL")) step("MAIL");
        else if (line.startsWith("RCPT")) step("RCPT");
        else if (line === "DATA") {
          isData = true;
          step("DATA");
        } else if (line === "QUIT") socket.end("221 bye\r\n");
        else socket.write("250 ok\r\n");
      }
    });
    step("greeting");
  });
  open.push(server);
  return { ...server, ids };
}

function channelTo(url: string, ms = 4_000) {
  const channel = createEmailChannel({
    smtp: { url, from: "alerts@studio.example" },
    unsubscribeUrl: () => "https://p.example/u",
    deadlineMs: ms,
  });
  open.push(channel);
  return async (to = ["ann@example.com"]) => {
    const began = Date.now();
    const outcome = await channel.send(messageOf([example("favorite.added")], { type: "email", to }), never);
    expect(Date.now() - began).toBeLessThan(ms + 300);
    expect(JSON.stringify(outcome)).not.toMatch(/hunter2/);
    return outcome;
  };
}
const smtp = (port: number) => `smtp://127.0.0.1:${port}`;

const steps: Step[] = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "message", "dot"];

describe("a mail server that drops the connection", () => {
  it.each(steps)("at %s is tried again, and works when it is back", async (at) => {
    let isBad = true;
    const server = await startScript(
      at,
      (socket) => socket.destroy(),
      () => isBad,
    );
    const send = channelTo(smtp(server.port));
    expect(await send()).toMatchObject({
      kind: "retry",
      holdMailbox: false,
      error: expect.stringMatching(/\(.+\)/),
    });
    isBad = false;
    expect(await send()).toMatchObject({ kind: "delivered", status: 250 });
    // The server may have kept the first: both carry one id.
    if (at === "dot") expect(server.ids).toHaveLength(2);
    expect(new Set(server.ids).size).toBe(1);
  });
});

describe("a mail server that says nothing more", () => {
  it.each(steps.filter((step) => step !== "message"))(
    "at %s is given up at the deadline, and leaves nothing",
    async (at) => {
      let isBad = true;
      const server = await startScript(
        at,
        () => {},
        () => isBad,
      );
      const send = channelTo(smtp(server.port), deadlineMs);
      expect(await send()).toMatchObject({
        kind: "retry",
        error: expect.stringMatching(/^not done within 0.4 s/),
      });
      isBad = false;
      expect(await send()).toMatchObject({ kind: "delivered" });
    },
  );
});

describe("a mail server that answers", () => {
  const answering = (reply: string) => (socket: Socket) => void socket.write(`${reply}\r\n`);
  const transient = { kind: "retry", overloaded: false } as const;
  const busy = { kind: "retry", overloaded: true } as const;
  it.each<[Step, string, object]>([
    ["greeting", "421 4.3.2 too many connections", { ...busy, status: 421 }],
    ["greeting", "554 no service", { ...transient, status: 554 }],
    ["greeting", "HTTP/1.1 400 Bad Request", transient],
    ["EHLO", "421 shutting down", { ...busy, status: 421 }],
    ["MAIL", "451 4.3.0 later", { ...busy, status: 451 }],
    ["MAIL", "550 sender refused", { ...transient, status: 550 }],
    ["RCPT", "450 mailbox busy", { ...transient, status: 450 }],
    ["RCPT", "451 4.7.1 Greylisted", { ...transient, status: 451 }],
    ["RCPT", "421 4.7.0 slow down", { ...busy, status: 421 }],
    ["RCPT", "550 5.1.1 no such user", { kind: "failed", status: 550 }],
    ["RCPT", "553 5.6.7 address needs SMTPUTF8", { kind: "failed", status: 553 }],
    ["DATA", "451 later", { ...transient, status: 451 }],
    ["DATA", "554 no valid recipients", { kind: "failed", status: 554 }],
    ["dot", "452 4.3.1 full", { ...busy, status: 452 }],
    ["dot", "552 5.3.4 too big", { kind: "failed", status: 552 }],
    ["dot", "554 5.7.1 spam", { kind: "failed", status: 554 }],
    ["dot", "nonsense", transient],
  ])("at %s with %j", async (at, reply, expected) => {
    const server = await startScript(at, answering(reply));
    expect(await channelTo(smtp(server.port))()).toMatchObject(expected);
  });
});

describe("a mail server", () => {
  it("that refuses the login is told of without the password", async () => {
    const server = await startSmtp({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ password, username }, _session, callback) =>
        callback(
          smtpError(
            535,
            `no ${username} ${password} ${Buffer.from(`\0${username}\0${password}`).toString("base64")}`,
          ),
        ),
    });
    open.push(server);
    const outcome = await channelTo(server.url.replace("//", "//user:hunter2@"))();
    expect(outcome).toMatchObject({
      kind: "retry",
      status: 535,
      error: expect.stringContaining("refused the login"),
    });
    expect(JSON.stringify(outcome)).not.toContain(Buffer.from("\0user\0hunter2").toString("base64"));
  });

  it("whose STARTTLS fails is tried again", async () => {
    const server = await startSmtp({ disabledCommands: [] });
    open.push(server);
    expect(await channelTo(server.url)()).toMatchObject({
      kind: "retry",
      error: expect.stringMatching(/certificate|TLS/i),
    });
  });

  it("that speaks no TLS where it should, or is not there, is tried again", async () => {
    const server = await startSmtp();
    open.push(server);
    expect(await channelTo(server.url.replace("smtp:", "smtps:"))()).toMatchObject({ kind: "retry" });
    expect(await channelTo(smtp(await closedPort()))()).toMatchObject({ kind: "retry" });
  });

  it("that refuses some and lets others wait says who is who", async () => {
    const server = await startSmtp();
    open.push(server);
    server.onRcptTo(({ address }, _session, callback) =>
      callback(address.startsWith("a") ? null : smtpError(address.startsWith("b") ? 550 : 451, "4.2.0 no")),
    );
    const outcome = await channelTo(server.url)(["ann@example.com", "bob@example.com", "eve@example.com"]);
    expect(outcome).toMatchObject({
      kind: "retry",
      status: 451,
      error: expect.stringMatching(/^1 of 3 .*eve@example.com \(.*; refused for good: bob@example.com \(/),
    });
    expect(server.mails.map(({ to }) => to)).toEqual([["ann@example.com"]]);
  });
});
