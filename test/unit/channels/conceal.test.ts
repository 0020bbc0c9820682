import { describe, expect, it } from "vitest";
import { conceal, concealOutcome, secretsOfHeaders, secretsOfUrl } from "../../../src/channels/conceal.js";

describe("conceal", () => {
  it("hides a secret in each spelling that a receiver repeats it in", () => {
    const secret = 'pa"ss wörd';
    const text = `${secret} ${encodeURIComponent(secret)} ${JSON.stringify({ secret })} ${Buffer.from(secret).toString("base64")}`;
    expect(conceal(text, [secret])).toBe('[hidden] [hidden] {"secret":"[hidden]"} [hidden]');
  });

  it("hides the longest first, and leaves what is too short to be one", () => {
    expect(conceal("abcdef abcd ab", ["abcd", "abcdef", "ab", ""])).toBe("[hidden] [hidden] ab");
  });

  it("hides the beginning of a secret that a cut has left at the end", () => {
    const filler = "x".repeat(2_000);
    expect(conceal(`${filler} open-ses`, ["open-sesame"])).toBe(`${filler} [hidden]`);
    expect(conceal(`${filler} ope`, ["open-sesame"])).toBe(`${filler} ope`);
    expect(conceal("short open-ses", ["open-sesame"])).toBe("short open-ses");
  });

  it("hides what a webhook's address and headers are made of", () => {
    const body = 'refused /hook?key=hush-hush with "Bearer open-sesame", or open-sesame';
    const secrets = [
      ...secretsOfUrl("https://x.co/hook?key=hush-hush", "public"),
      ...secretsOfHeaders({ authorization: "Bearer open-sesame" }),
    ];
    const outcome = { kind: "answered", status: 500, headers: {}, body } as const;
    expect(concealOutcome(outcome, secrets)).toMatchObject({
      body: 'refused /hook?[hidden] with "[hidden]", or [hidden]',
    });
  });

  it("hides the whole path of a Slack address", () => {
    const url = "https://hooks.slack.com/services/T0000/B0000/hush-hush";
    const text = conceal(
      "no /services/T0000/B0000/hush-hush, no hush-hush, no T0000",
      secretsOfUrl(url, "secret"),
    );
    expect(text).toBe("no [hidden], no [hidden], no [hidden]");
  });
});
