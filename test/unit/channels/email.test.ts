import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmailChannel, emailOutcome, type RecipientResult } from "../../../src/channels/email.js";
import { emailItems, renderEmail } from "../../../src/channels/render/email.js";
import { tell } from "../../../src/channels/render/words.js";
import type { PixiehookEvent } from "../../../src/domain/event.js";
import { smtpError, startSmtp } from "../../contract/channels/receivers.js";
import { eventLike, everyExample, example, favorites, hostileNames, messageOf } from "./messages.js";

const never = new AbortController().signal;
const people = ["ann@example.com", "bob@example.com", "eve@example.com"];
const smtpOf = (url: string) => ({ url, from: "Smith Studio <alerts@studio.example>" });
const unsubscribeUrl = (id: string, to: string) =>
  `https://p.example/unsubscribe/${id}/${Buffer.from(to).toString("hex")}`;

describe("email channel", () => {
  let server: Awaited<ReturnType<typeof startSmtp>>;
  let channel: ReturnType<typeof createEmailChannel>;
  beforeEach(async () => {
    server = await startSmtp();
    channel = createEmailChannel({ smtp: smtpOf(server.url), unsubscribeUrl, deadlineMs: 5_000 });
  });
  afterEach(async () => {
    channel.close();
    await server.close();
  });
  const send = (events: readonly PixiehookEvent[], to = people.slice(0, 1)) =>
    channel.send(messageOf(events, { type: "email", to }), never);
  const refuse = (replies: Record<string, number>) =>
    server.onRcptTo(({ address }, _session, callback) => {
      const code = replies[address];
      callback(code === undefined ? null : smtpError(code, code >= 500 ? "no such user" : "greylisted"));
    });

  it("sends what RFC 8058, 2919 and 3834 ask for", async () => {
    await send([example("invoice.paid")]);
    const { from, parsed } = server.mails[0] ?? {};
    const header = (name: string) => parsed?.headers.find(({ key }) => key === name)?.value;
    expect(from).toBe("alerts@studio.example");
    expect(parsed?.subject).toBe("Invoice INV-001 paid: £500.00");
    expect(parsed?.from).toMatchObject({ name: "Smith Studio", address: "alerts@studio.example" });
    expect(parsed?.messageId).toMatch(/^<dlv_test\.[0-9a-z]{20}@studio\.example>$/);
    expect(header("list-unsubscribe")).toBe(`<${unsubscribeUrl("sub_test", "ann@example.com")}>`);
    expect(header("list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
    expect(header("list-id")).toContain("<sub_test.studio.example>");
    expect(header("auto-submitted")).toBe("auto-generated");
    expect(parsed?.text).toContain("£500.00");
    expect(parsed?.html).toContain("£500.00");
    expect(parsed?.html).toContain("https://pixiehook.example/events/");
  });

  it("sends the same Message-ID again at the next attempt", async () => {
    await send([example("invoice.paid")]);
    await send([example("invoice.paid")]);
    expect(new Set(server.mails.map(({ parsed }) => parsed.messageId)).size).toBe(1);
  });

  it("sends one message to each recipient, so that nobody sees the others", async () => {
    expect(await send([example("favorite.added")], people)).toMatchObject({ kind: "delivered", status: 250 });
    expect(server.mails.map(({ to }) => to).sort()).toEqual(people.map((to) => [to]).sort());
    for (const { raw, to } of server.mails) {
      for (const person of people) expect(raw.includes(person)).toBe(person === to[0]);
    }
    expect(new Set(server.mails.map(({ parsed }) => parsed.messageId)).size).toBe(3);
  });

  it("names recipients that are refused for good, and delivers to the others", async () => {
    refuse({ "bob@example.com": 550 });
    const outcome = await send([example("favorite.added")], people);
    expect(outcome).toMatchObject({
      kind: "delivered",
      responseBody: expect.stringContaining("bob@example.com (550"),
    });
    expect(server.mails).toHaveLength(2);
  });

  it("fails when everyone is refused for good", async () => {
    refuse({ "ann@example.com": 550, "bob@example.com": 553 });
    expect(await send([example("favorite.added")], people.slice(0, 2))).toMatchObject({
      kind: "failed",
      status: 550,
      error: expect.stringMatching(/ann@example.com .*bob@example.com/),
    });
  });

  it("retries those who must wait, and them alone", async () => {
    refuse({ "bob@example.com": 451 });
    const first = await send([example("favorite.added")], people);
    expect(first).toMatchObject({
      kind: "retry",
      status: 451,
      accepted: ["ann@example.com", "eve@example.com"],
      error: expect.stringMatching(/^1 of 3 recipients must wait: bob@example.com \(451/),
    });
    // Another process goes on: nothing but what was recorded is known to it.
    const other = createEmailChannel({ smtp: smtpOf(server.url), unsubscribeUrl, deadlineMs: 5_000 });
    const message = messageOf([example("favorite.added")], { type: "email", to: people });
    const accepted = first.kind === "retry" ? first.accepted : [];
    const again = () => other.send({ ...message, delivery: { ...message.delivery, accepted } }, never);
    expect(await again()).toMatchObject({ kind: "retry", accepted });
    refuse({});
    expect(await again()).toMatchObject({ kind: "delivered" });
    other.close();
    expect(server.mails.map(({ to }) => to[0]).sort()).toEqual([...people].sort());
    // Nobody is left out when it is sent anew.
    await send([example("favorite.added")], people);
    expect(server.mails).toHaveLength(6);
  });

  it("sends nothing more to those who are refused for good, while others must wait", async () => {
    refuse({ "ann@example.com": 550, "bob@example.com": 451 });
    const first = await send([example("favorite.added")], people);
    expect(first).toMatchObject({
      kind: "retry",
      refused: ["ann@example.com"],
      accepted: ["eve@example.com"],
    });
    if (first.kind !== "retry") throw new Error(first.kind);
    const { accepted, refused } = first;
    const message = messageOf([example("favorite.added")], { type: "email", to: people });
    refuse({});
    const other = createEmailChannel({ smtp: smtpOf(server.url), unsubscribeUrl, deadlineMs: 5_000 });
    const again = { ...message, delivery: { ...message.delivery, accepted, refused } };
    expect(await other.send(again, never)).toMatchObject({ kind: "delivered" });
    other.close();
    expect(server.mails.map(({ to }) => to[0]).sort()).toEqual(["bob@example.com", "eve@example.com"]);
  });

  it("lets no name write a header or a second recipient", async () => {
    for (const name of hostileNames) {
      const client = { id: null, name, email: name };
      await send([eventLike("invoice.paid", { client, object: { number: name, name } })]);
      await send([eventLike("favorite.added", { client, collection: { id: "1", name } })]);
    }
    expect(server.mails).toHaveLength(2 * hostileNames.length);
    for (const { to, parsed } of server.mails) {
      expect(to).toEqual(["ann@example.com"]);
      expect(parsed.headers.map(({ key }) => key)).not.toContain("bcc");
      expect(parsed.subject?.length).toBeLessThanOrEqual(150);
      expect(parsed.html).not.toContain("<script>alert");
    }
  });

  it("retries a refused login and a refused sender: they can be mended", async () => {
    const strict = await startSmtp({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => callback(smtpError(535, "bad credentials")),
      onMailFrom: (_address, _session, callback) => callback(smtpError(550, "not your domain")),
    });
    const url = strict.url.replace("smtp://", "smtp://user:hunter2@");
    const other = createEmailChannel({ smtp: smtpOf(url), unsubscribeUrl, deadlineMs: 5_000 });
    const message = messageOf([example("favorite.added")], { type: "email", to: people });
    const outcome = await other.send(message, never);
    expect(outcome).toMatchObject({ kind: "retry", error: expect.stringContaining("refused the login") });
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
    other.close();
    await strict.close();
  });
});

describe("emailOutcome", () => {
  const result = (kind: RecipientResult["kind"], status: number): RecipientResult =>
    ({ kind, status, recipient: `${status}@example.com`, reply: `${status} said` }) as RecipientResult;
  it("counts those who got it at an earlier attempt", () => {
    const gotBy = (accepted: readonly string[]) => ({ accepted, refused: [] });
    expect(emailOutcome([result("refused", 550)], gotBy(["ann@example.com"]))).toMatchObject({
      kind: "delivered",
    });
    expect(emailOutcome([result("later", 451)], gotBy(people.slice(0, 2)))).toMatchObject({
      accepted: people.slice(0, 2),
      error: expect.stringMatching(/^1 of 3/),
    });
    expect(emailOutcome([], gotBy(people))).toMatchObject({ kind: "delivered" });
  });

  it("fails when nobody got it at any attempt", () => {
    const before = { accepted: [], refused: ["ann@example.com"] };
    expect(emailOutcome([result("refused", 550)], before)).toMatchObject({
      kind: "failed",
      error: "refused for good: 550@example.com (550 said), ann@example.com",
    });
    expect(emailOutcome([], before)).toMatchObject({ kind: "failed" });
  });
});

describe("renderEmail", () => {
  const telling = {
    timezone: "America/New_York",
    publicUrl: "https://pixiehook.example",
    maxItems: emailItems,
  };
  const footer = { recipient: "ann@example.com", unsubscribeUrl: "https://p.example/u?a=1&b=2" };
  const render = (events: readonly PixiehookEvent[]) => renderEmail(tell(events, telling), footer);

  it("loads nothing from outside", () => {
    for (const event of everyExample) {
      expect(render([event]).html).not.toMatch(/<img|<link|<script|src=|url\(|@import|@font-face/i);
    }
  });

  it("escapes everything", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(...hostileNames)), (name) => {
        const client = { id: null, name: `<i>${name}`, email: null };
        const event = eventLike("favorite.updated", {
          client,
          account: { id: "acc_1", name: `<i>${name}` },
          collection: { id: "1", name: `<i>${name}` },
          object: { note: `<i>${name}`, media: { id: "1", kind: "photo", name: `<i>${name}` } },
          previous: { note: null },
        });
        for (const events of [[event], [event, event]]) {
          const { html, subject } = render(events);
          expect(
            html.match(/<(?!\/?(?:!doctype|html|head|meta|title|style|body|table|tr|td|p|h1|a|br|span)\b)/g),
          ).toBeNull();
          expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        }
      }),
    );
  });

  it("lists a digest and cuts it", () => {
    const { subject, text, html } = render(favorites(84));
    expect(subject).toBe("Jane Doe favorited 84 photos in Smith Wedding 2025");
    expect(text).toContain("- DSC_1000.jpg\n- DSC_1001.jpg");
    expect(text).toContain("and 34 more");
    expect(html).toContain("and 34 more");
    expect(text).toContain("20 Nov 2026, 05:14 EST");
  });
});
