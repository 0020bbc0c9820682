import { CookieJar } from "tough-cookie";
import { describe, expect, it } from "vitest";
import { importCookies, parseJar, serializeJar } from "../../../src/pixieset/cookies.js";

const real = {
  galleryUrl: "https://galleries.pixieset.com/api/v1",
  studioUrl: "https://studio.pixieset.com/api/v1",
};
const local = { galleryUrl: "http://127.0.0.1:4010/g/api/v1", studioUrl: "http://localhost:4011/api/v1" };

function sent(text: string, hosts = real) {
  const outcome = importCookies(text, hosts);
  if (outcome.kind !== "imported") throw new Error(outcome.reason);
  const jar = parseJar(outcome.session.cookies);
  return {
    gallery: jar.getCookieStringSync(`${hosts.galleryUrl}/collections/1`),
    studio: jar.getCookieStringSync(`${hosts.studioUrl}/invoices/`),
    userAgent: outcome.session.userAgent,
  };
}

describe("a Cookie header", () => {
  it.each([
    "a=b; c=d=e; __Host-x=1",
    "Cookie: a=b; c=d=e; __Host-x=1",
    "cookie:a=b;c=d=e; ;flag; __Host-x=1;",
    '"a=b; c=d=e; __Host-x=1"',
    "GET /x HTTP/1.1\r\nHost: galleries.pixieset.com\r\nCookie: a=b; c=d=e; __Host-x=1\r\nAccept: */*",
  ])("%j is for both hosts", (text) => {
    const { gallery, studio } = sent(text);
    expect(gallery).toBe("a=b; c=d=e; __Host-x=1");
    expect(studio).toBe(gallery);
    expect(sent(text, local).gallery).toBe(gallery);
    expect(sent(text, local).studio).toBe(gallery);
  });
});

describe("a Netscape cookies.txt", () => {
  const text = [
    "# Netscape HTTP Cookie File",
    "# a comment",
    "",
    ".pixieset.com\tTRUE\t/\tTRUE\t4102444800\tIDP_SID\tshared",
    "#HttpOnly_galleries.pixieset.com\tFALSE\t/\tTRUE\t0\tgallery_dashboard_session\tg%3D1",
    "studio.pixieset.com\tFALSE\t/\tTRUE\t4102444800\tstudio_session\ts",
    "galleries.pixieset.com\tFALSE\t/\tTRUE\t946684800\told\tgone",
    ".bank.example\tTRUE\t/\tTRUE\t4102444800\tbank\tmoney",
  ].join("\r\n");

  it("goes where each cookie says; what has run out and what is of other sites stays behind", () => {
    expect(sent(text)).toMatchObject({
      gallery: "IDP_SID=shared; gallery_dashboard_session=g%3D1",
      studio: "IDP_SID=shared; studio_session=s",
    });
  });

  it("is laid onto the configured hosts when these are elsewhere", () => {
    expect(sent(text, local)).toMatchObject({
      gallery: "IDP_SID=shared; gallery_dashboard_session=g%3D1",
      studio: "IDP_SID=shared; studio_session=s",
    });
    expect(JSON.stringify(importCookies(text, local))).not.toContain("money");
  });
});

describe("a browser's JSON export", () => {
  const cookies = [
    {
      name: "IDP_SID",
      value: "1",
      domain: ".pixieset.com",
      path: "/",
      hostOnly: false,
      expirationDate: 4102444800.5,
      secure: true,
      httpOnly: true,
    },
    { name: "wsid", value: "2", domain: "galleries.pixieset.com", path: "/", hostOnly: true },
  ];
  it.each([
    ["an array", cookies],
    ["{cookies: […]}", { url: "https://galleries.pixieset.com", cookies }],
    [
      "Playwright's storageState",
      { cookies: cookies.map((each) => ({ ...each, expires: -1, sameSite: "Lax" })), origins: [] },
    ],
  ])("%s", (_name, exported) => {
    for (const hosts of [real, local]) {
      expect(sent(JSON.stringify(exported, null, 2), hosts)).toMatchObject({
        gallery: "IDP_SID=1; wsid=2",
        studio: "IDP_SID=1",
      });
    }
  });
  it("of names and values only is for both hosts", () => {
    expect(sent('{"a":"b"}').studio).toBe("a=b");
    expect(sent('[{"name":"a","value":"b"}]').gallery).toBe("a=b");
  });
  it("of an upstream on this machine is for that machine", () => {
    expect(sent('[{"name":"a","value":"b","domain":"localhost"}]', local)).toMatchObject({
      gallery: "a=b",
      studio: "a=b",
    });
  });
});

describe("a request copied as cURL", () => {
  const agent = "Mozilla/5.0 (X11) O'Neill";
  it.each([
    [
      "bash, Chrome",
      `curl 'https://galleries.pixieset.com/api/v1/user' \\\n  -H 'accept: */*' \\\n  -b 'a=b; c="d"; e=f%20g' \\\n  -H 'user-agent: Mozilla/5.0 (X11) O'\\''Neill' \\\n  --compressed`,
    ],
    ["bash, older", `curl 'https://x' -H 'Cookie: a=b; c="d"; e=f%20g' -H "User-Agent: ${agent}" --insecure`],
    ["bash, with $'…'", `curl 'https://x' --cookie $'a=b; c="d"; e=f\\u002520g' -A "${agent}"`],
    ["glued flags", `curl https://x --cookie='a=b; c="d"; e=f%20g' -A"${agent}"`],
    [
      "cmd",
      `curl ^"https://x/?a=1^&b=2^" ^\r\n  -H ^"accept: */*^" ^\r\n  -b ^"a=b; c=^\\^"d^\\^"; e=f^%^20g^" ^\r\n  -H ^"user-agent: ${agent}^"`,
    ],
    [
      "cmd, older",
      `curl "https://x" ^\r\n  -H "cookie: a=b; c=\\"d\\"; e=f%20g" ^\r\n  -H "user-agent: ${agent}"`,
    ],
  ])("%s: for both hosts, with the browser's user agent", (_name, text) => {
    expect(sent(text)).toEqual({
      gallery: 'a=b; c="d"; e=f%20g',
      studio: 'a=b; c="d"; e=f%20g',
      userAgent: agent,
    });
  });
});

describe("what cannot be used is refused with a sentence", () => {
  it.each([
    ["nothing", "  \n "],
    ["text", "hello"],
    ["half an export", '[{"name":"a","value":'],
    ["an empty export", "[]"],
    ["other sites only", '[{"name":"a","value":"b","domain":"bank.example"}]'],
    ["cookies that have run out", "galleries.pixieset.com\tFALSE\t/\tTRUE\t946684800\told\tgone"],
    ["curl without cookies", "curl 'https://galleries.pixieset.com'"],
    ["a line break in a header", "a=b; c=d\r\nX-Evil: 1"],
    ["a line break in JSON", JSON.stringify([{ name: "a", value: "b\r\nX-Evil: 1" }])],
    ["a line break in cURL", "curl x -H $'cookie: a=b\\r\\nX-Evil: 1'"],
    ["a control character", "a=b\u0007c"],
    ["an ellipsis", "a=eyJpdiI6…"],
  ])("%s", (_name, text) => {
    const outcome = importCookies(text, real);
    expect(outcome).toMatchObject({ kind: "unreadable", reason: expect.stringMatching(/^[A-Z].*\.$/) });
    expect(JSON.stringify(outcome)).not.toContain("eyJ");
  });
});

describe("a stored jar", () => {
  it("comes back whole", () => {
    const jar = new CookieJar();
    jar.setCookieSync("a=b; Path=/; Max-Age=600", real.galleryUrl);
    expect(parseJar(serializeJar(jar)).getCookieStringSync(real.galleryUrl)).toBe("a=b");
  });
});
