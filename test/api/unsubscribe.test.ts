import { describe, expect, it } from "vitest";
import { createUnsubscribeLinks } from "../../src/operations/unsubscribe.js";
import { createVault } from "../../src/store/secrets.js";
import { makeSubscription, subscriptionId } from "./support/fixtures.js";
import { createHarness } from "./support/harness.js";

const [ana, ben] = ["ana@smith.example", "ben@smith.example"];
const path = `/unsubscribe/${subscriptionId}/s1.0a1b2c3d.token-of_ana`;
const oneClick = {
  headers: { authorization: "", "content-type": "application/x-www-form-urlencoded" },
  body: "List-Unsubscribe=One-Click",
};
const anonymous = { headers: { authorization: "" } };

function withEmail(to = [ana, ben]) {
  const harness = createHarness();
  const { state } = harness;
  state.subscriptions.set(subscriptionId, makeSubscription({ channel: { type: "email", to } }));
  state.unsubscribeTokens.set("s1.0a1b2c3d.token-of_ana", ana);
  const recipients = () => {
    const channel = state.subscriptions.get(subscriptionId)?.channel;
    return channel?.type === "email" ? channel.to : null;
  };
  return { ...harness, recipients };
}

describe("the link in a mail", () => {
  it.each(["GET", "HEAD"])("asks first: %s changes nothing", async (method) => {
    const { send, state, recipients } = withEmail();
    const response = await send(method, path, anonymous);
    expect(response.status).toBe(200);
    if (method === "GET") expect(await response.text()).toContain('<form method="post">');
    expect(state.calls).not.toContain("subscriptions.unsubscribe");
    expect(recipients()).toEqual([ana, ben]);
  });

  it("takes one recipient off with one click, and says the same the second time", async () => {
    const { send, recipients } = withEmail();
    for (const _ of ["once", "again"]) {
      const response = await send("POST", path, oneClick);
      expect(response.status).toBe(200);
      expect(response.headers.get("set-cookie")).toBeNull();
      expect(await response.text()).toContain(`<strong>${ana}</strong>`);
      expect(recipients()).toEqual([ben]);
    }
  });

  it("takes a multipart form, and one from another site", async () => {
    const { app, recipients } = withEmail();
    const body = new FormData();
    body.set("List-Unsubscribe", "One-Click");
    const headers = { origin: "https://mail.example", "sec-fetch-site": "cross-site" };
    expect((await app.request(path, { method: "POST", body, headers })).status).toBe(200);
    expect(recipients()).toEqual([ben]);
  });

  it("switches the subscription off with the last recipient", async () => {
    const { send, state } = withEmail([ana]);
    await send("POST", path, oneClick);
    expect(state.subscriptions.get(subscriptionId)?.enabled).toBe(false);
  });

  it.each([
    ["POST", `/unsubscribe/${subscriptionId}/made-up`],
    ["POST", path.replace(subscriptionId, "sub_gone")],
    ["GET", path.replace(subscriptionId, "sub_gone")],
  ])("%s %s is not valid any more", async (method, wrong) => {
    const { send, recipients } = withEmail();
    const response = await send(method, wrong, method === "POST" ? oneClick : anonymous);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("not valid any more");
    expect(recipients()).toEqual([ana, ben]);
  });

  it("loads nothing, and leaves no trace of the token in the log", async () => {
    const { send, lines } = withEmail();
    const response = await send("GET", path, anonymous);
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'; style-src 'sha256-");
    expect(policy).toContain("form-action 'self'");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(JSON.stringify(lines)).not.toContain("token-of_ana");
  });

  it("writes a recipient as text", async () => {
    const { send, state } = withEmail();
    state.unsubscribeTokens.set("odd", '"<b>"@smith.example');
    const html = await (await send("POST", `/unsubscribe/${subscriptionId}/odd`, oneClick)).text();
    expect(html).toContain("&lt;b&gt;");
    expect(html).not.toContain("<b>");
  });
});

describe("the link itself", () => {
  const links = createUnsubscribeLinks(createVault([Buffer.alloc(32, 7)]), "https://p.example");
  const tokenOf = (url: string) => url.slice(url.lastIndexOf("/") + 1);

  it("is one that mail programs can post to as it stands, for the longest address too", async () => {
    for (const recipient of [ana, `${"é".repeat(60)}+tag&x@${"d".repeat(180)}.example`]) {
      const url = links.urlFor(subscriptionId, recipient);
      expect(url).toMatch(/^https:\/\/p\.example\/unsubscribe\/[\w.-]+\/[\w.-]+$/);
      expect(url.length).toBeLessThan(900);
      const { send, state, recipients } = withEmail([recipient, ben]);
      const known = links.recipientOf(subscriptionId, tokenOf(url));
      state.unsubscribeTokens.set(tokenOf(url), known ?? "");
      expect((await send("POST", new URL(url).pathname, oneClick)).status).toBe(200);
      expect(recipients()).toEqual([ben]);
    }
  });

  it("is good for its own subscription and recipient alone", () => {
    const token = tokenOf(links.urlFor(subscriptionId, ana));
    expect(links.recipientOf(subscriptionId, token)).toBe(ana);
    expect(links.recipientOf("sub_other", token)).toBeNull();
    const other = createUnsubscribeLinks(createVault([Buffer.alloc(32, 8)]), "https://p.example");
    expect(other.recipientOf(subscriptionId, token)).toBeNull();
    const middle = Math.floor(token.length / 2);
    const changed = token[middle] === "A" ? "B" : "A";
    const altered = token.slice(0, middle) + changed + token.slice(middle + 1);
    expect(links.recipientOf(subscriptionId, altered)).toBeNull();
    expect(token).not.toContain("ana");
  });
});
