import { describe, expect, it } from "vitest";
import { emailOutcome, type RecipientResult } from "../../../src/channels/email.js";
import { slackOutcome } from "../../../src/channels/slack.js";
import { webhookOutcome } from "../../../src/channels/webhook.js";
import { at } from "./messages.js";

const answered = (status: number, headers: Record<string, string> = {}) =>
  ({ kind: "answered", status, headers, body: "" }) as const;

describe("overloaded", () => {
  it.each([
    [502, true],
    [504, true],
    [500, false],
    [501, false],
    [404, undefined],
    [408, false],
    [302, false],
  ])("after %i is %j", (status, overloaded) => {
    const slack = slackOutcome(answered(status), at);
    if (overloaded === undefined) expect(slack.kind).toBe("gone");
    else expect(slack).toMatchObject({ kind: "retry", overloaded });
    expect(webhookOutcome(answered(status), at)).toMatchObject({
      kind: "retry",
      overloaded: overloaded === true,
    });
  });

  it.each([429, 503])("after %i stands in for a pause that is not given", (status) => {
    for (const outcomeOf of [webhookOutcome, slackOutcome]) {
      expect(outcomeOf(answered(status), at)).toMatchObject({ overloaded: true, holdMailbox: false });
      const asked = outcomeOf(answered(status, { "retry-after": "7" }), at);
      expect(asked).toMatchObject({ overloaded: false, holdMailbox: true, afterMs: 7_000 });
    }
  });

  it.each([
    ["421 too many connections", true],
    ["421 4.7.0 try again later", true],
    ["451 4.3.2 system not accepting network messages", true],
    ["452-4.3.1 mail system full", true],
    ["451 4.4.5 congestion", true],
    ["450 4.7.28 unusual rate", true],
    ["451 4.7.1 Greylisted, try again later", false],
    ["450 4.7.1 you are on a gray-list", false],
    ["450 4.2.0 mailbox busy", false],
    ["451 requested action aborted", false],
    ["535 5.7.8 bad credentials", false],
  ])("after the SMTP reply %j is %j", (reply, overloaded) => {
    const result: RecipientResult = {
      kind: "later",
      recipient: "a@b.c",
      status: Number(reply.slice(0, 3)),
      reply,
    };
    expect(emailOutcome([result])).toMatchObject({ kind: "retry", overloaded });
  });
});

describe("Slack", () => {
  const page = "<!doctype html><html><body>token=s3cret</body></html>";
  const html = { "content-type": "text/html; charset=utf-8" };
  const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
    slackOutcome({ kind: "answered", status, body, headers }, at);

  it.each([
    [
      200,
      "retry",
      "Slack answered 200 with an HTML page instead of “ok”: is this the address of an incoming webhook?",
    ],
    [404, "gone", "Slack answered 404 with an HTML page"],
    [500, "retry", "Slack answered 500 with an HTML page"],
  ])("that answers %i with a page is %s", (status, kind, error) => {
    expect(answer(status, page, html)).toMatchObject({ kind, error, status });
    expect(answer(status, ` \n${page}`)).toMatchObject({ kind, error });
  });

  it.each([
    [400, "invalid_payload", "failed"],
    [400, "user_not_found", "failed"],
    [403, "action_prohibited", "gone"],
    [403, "invalid_token", "gone"],
    [404, "no_service", "gone"],
    [404, "channel_not_found", "gone"],
    [410, "channel_is_archived", "gone"],
    [500, "rollup_error", "retry"],
    [500, "", "retry"],
    [302, "", "retry"],
    [301, "ok", "retry"],
  ])("that answers %i %j is %s, in its own word", (status, body, kind) => {
    const word = body === "" || body === "ok" ? "" : `: ${body}`;
    expect(answer(status, body)).toMatchObject({ kind, error: `Slack answered ${status}${word}` });
  });

  it.each(["ok", "ok\n", " ok\r\n"])("that answers %j has taken it", (body) =>
    expect(answer(200, body)).toMatchObject({ kind: "delivered", status: 200 }),
  );
  it.each(["", "OK!", '{"ok":true}', "invalid_payload"])("that answers 200 %j has not", (body) =>
    expect(answer(200, body)).toMatchObject({ kind: "retry", status: 200 }),
  );
});
