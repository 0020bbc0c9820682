import { describe, expect, it } from "vitest";
import { parseJar } from "../../../src/pixieset/cookies.js";
import { login } from "../../../src/pixieset/login.js";
import { type Reply, startUpstream } from "./upstream-server.js";

async function tryLogin(reply: Reply) {
  const server = await startUpstream(() => reply);
  const { signal } = new AbortController();
  const loginUrl = `${server.origin}/login`;
  const outcome = await login({ client: server.client, email: "a@x.co", password: "p&w", loginUrl, signal });
  const [request] = server.requests;
  await server.stop();
  return { outcome, request, hosts: server.hosts };
}
const cookie = { "set-cookie": "session=ok; Path=/; HttpOnly" };

describe("the form login", () => {
  it.each([
    ["a redirect onwards", { status: 302, headers: { ...cookie, location: "/dashboard" } }],
    ["200 with JSON", { headers: cookie, body: { data: { ok: true } } }],
  ])("that is answered with %s gives a session for both hosts", async (_name, reply: Reply) => {
    const { outcome, request, hosts } = await tryLogin(reply);
    expect(request).toMatchObject({ method: "POST", body: "email=a%40x.co&password=p%26w" });
    if (outcome.kind !== "logged_in") throw new Error(outcome.reason);
    const jar = parseJar(outcome.session.cookies);
    expect(jar.getCookieStringSync(hosts.galleryUrl)).toBe("session=ok");
    expect(jar.getCookieStringSync(hosts.studioUrl)).toBe("session=ok");
  });

  it.each([
    ["401", { status: 401, headers: cookie }, "rejected"],
    ["422", { status: 422, headers: cookie }, "rejected"],
    [
      "a redirect back to the form",
      { status: 302, headers: { ...cookie, location: "/login?error=1" } },
      "rejected",
    ],
    [
      "the form again",
      { headers: { ...cookie, "content-type": "text/html" }, body: "<html><form></form></html>" },
      "rejected",
    ],
    ["no cookie", { body: { ok: true } }, "rejected"],
    ["a challenge", { status: 403, headers: { "cf-mitigated": "challenge" } }, "challenged"],
    ["500", { status: 500 }, "transient"],
    ["429", { status: 429 }, "rate_limited"],
  ])("that is answered with %s gives none", async (_name, reply: Reply, kind) => {
    const { outcome } = await tryLogin(reply);
    expect(outcome.kind).toBe(kind);
    expect(JSON.stringify(outcome)).not.toContain("p&w");
  });
});
