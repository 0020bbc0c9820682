import { describe, expect, it } from "vitest";
import { firstToken } from "../../src/domain/token.js";
import { createBrowser } from "./support/browser.js";
import { at } from "./support/fixtures.js";

const read = { name: "Reports", scope: "read", expiresAt: null } as const;

async function signedIn() {
  const browser = createBrowser();
  await browser.signIn();
  const page = async (path = "/tokens") => (await browser.get(path)).text();
  const make = async (fields: Record<string, string>) =>
    browser.post("/tokens", { form: await browser.formToken(), ...fields });
  const made = () => [...browser.state.tokens.values()];
  return { ...browser, page, make, made };
}

/** The one row of the list that is about this token. */
function row(html: string, id: string): string {
  return new RegExp(`<tr[^>]* id="${id}".*?</tr>`, "s").exec(html)?.[0] ?? "";
}

describe("the list of tokens", () => {
  it("says what each may do, how to know it, and when it was used and ends", async () => {
    const { services, state, page } = await signedIn();
    const { token, secret } = await services.tokens.create({ ...read, expiresAt: at(3_600) });
    state.tokens.set(secret, { ...token, lastUsedAt: at(-120) });
    const html = row(await page(), token.id);
    for (const text of ["Reports", "Look only", `…${secret.slice(-4)}`, "2 min ago", "in 60 min"])
      expect(html).toContain(text);
    expect(html).not.toContain(secret);
    expect(html).toContain(`href="/tokens/${token.id}/delete"`);
  });

  it("tells which one is this session, and which one expired", async () => {
    const browser = await signedIn();
    const { token, secret } = await browser.services.tokens.create({ ...read, scope: "admin" });
    const old = await browser.services.tokens.create({ ...read, expiresAt: at(-60) });
    await browser.signIn(secret);
    const html = await browser.page();
    expect(row(html, token.id)).toContain("This session");
    expect(row(html, firstToken.id)).not.toContain("This session");
    expect(row(html, old.token.id)).toContain("Expired");
    expect(row(html, token.id)).not.toContain("Expired");
  });

  it("says of the first one that it is a setting, and how that is changed", async () => {
    const { page, get } = await signedIn();
    const html = row(await page(), firstToken.id);
    expect(html).toContain("set PIXIEHOOK_API_TOKEN");
    expect(html).not.toContain("/delete");
    expect((await get("/tokens/tok_first/delete")).headers.get("location")).toBe("/tokens#tok_first");
  });

  it("goes on where a page ends, and begins anew with what is no place of ours", async () => {
    const { services, page } = await signedIn();
    for (let i = 0; i < 55; i++) await services.tokens.create({ ...read, name: `Token ${i}` });
    const html = await page();
    expect(html).toContain("Token 54");
    expect(html).not.toContain("Token 3<");
    const [, older = ""] = /href="(\/tokens\?after=[^"]+)"/.exec(html) ?? [];
    expect(await page(older)).toContain("Token 3<");
    expect(await page("/tokens?after=nonsense")).toContain("Token 54");
  });

  it("writes names as text", async () => {
    const { services, page } = await signedIn();
    await services.tokens.create({ ...read, name: "<script>alert(1)</script>" });
    expect(await page()).not.toContain("<script>alert(1)");
  });
});

describe("the form for a token", () => {
  it("shows the token once, in the answer and nowhere else", async () => {
    const { make, state, setCookies, page } = await signedIn();
    const answer = await make({ name: " Bookkeeping ", scope: "read", lifetime: "90" });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBeNull();
    const [[secret, token] = ["", null]] = [...state.tokens];
    expect(token).toMatchObject({ name: "Bookkeeping", scope: "read", expiresAt: at(5 + 90 * 86_400) });
    const html = await answer.text();
    expect(html).toContain(`<code id="secret">${secret}</code>`);
    expect(html).toContain('data-copy="secret"');
    expect(html).toContain('data-address="/tokens"');
    expect(setCookies.join("\n")).not.toContain(secret);
    expect(await page()).not.toContain(secret);
  });

  it.each([
    [{ lifetime: "never" }, null],
    [{ lifetime: "30" }, at(5 + 30 * 86_400)],
    [{ lifetime: "365" }, at(5 + 365 * 86_400)],
    [{ lifetime: "date", day: "2027-01-31" }, "2027-02-01T00:00:00.000Z"],
    [{ lifetime: "date", day: "2026-11-20" }, "2026-11-21T00:00:00.000Z"],
    [{ lifetime: "30", day: "nonsense" }, at(5 + 30 * 86_400)],
    [{}, null],
  ])("makes one that ends: %j", async (fields, expiresAt) => {
    const { make, made } = await signedIn();
    expect((await make({ name: "A", scope: "admin", ...fields })).status).toBe(201);
    expect(made()).toMatchObject([{ scope: "admin", expiresAt }]);
  });

  it("gives the lesser scope to whoever chose none", async () => {
    const { make, made } = await signedIn();
    for (const scope of [{}, { scope: "owner" }]) await make({ name: "A", ...scope });
    expect(made().map(({ scope }) => scope)).toEqual(["read", "read"]);
  });

  it.each([
    [{ name: "  " }, "name", "Give it a name, so that you know it again."],
    [{ name: "x".repeat(101) }, "name", "This is too long: 100 characters at most."],
    [{ name: "A", lifetime: "date" }, "day", "Choose a day, such as 2027-01-31."],
    [{ name: "A", lifetime: "date", day: "2027-02-30" }, "day", "Choose a day, such as 2027-01-31."],
    [{ name: "A", lifetime: "date", day: "2026-11-19" }, "day", "This day is over"],
  ])("says what is wrong beside the field, and keeps what was typed: %j", async (fields, field, text) => {
    const { make, made } = await signedIn();
    const answer = await make({ scope: "admin", ...fields });
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain(`id="${field}-problem">${text}`);
    expect(html).toMatch(
      new RegExp(`<input id="${field}"[^>]*aria-invalid="true" aria-describedby="${field}-problem"`),
    );
    expect(html).toMatch(/value="admin" checked/);
    expect(made()).toEqual([]);
  });
});

describe("deleting a token", () => {
  it("asks first, and says that it is done", async () => {
    const { services, state, page, submit } = await signedIn();
    const { token } = await services.tokens.create(read);
    const question = await page(`/tokens/${token.id}/delete`);
    expect(question).toContain("Delete this token?");
    expect(question).not.toContain("signs you out");
    expect(state.tokens.size).toBe(1);
    expect(await submit(`/tokens/${token.id}/delete`)).toContain("Reports was deleted.");
    expect(state.tokens.size).toBe(0);
    expect(await submit(`/tokens/${token.id}/delete`)).toContain("Not found");
    expect(await page(`/tokens/${token.id}/delete`)).toContain("Not found");
  });

  it("signs out whoever deletes the one of the session, and says so", async () => {
    const browser = await signedIn();
    const { token, secret } = await browser.services.tokens.create({ ...read, scope: "admin" });
    await browser.signIn(secret);
    const path = `/tokens/${token.id}/delete`;
    expect(await browser.page(path)).toContain("deleting it signs you out");
    const next = await browser.submit(path);
    expect(next).toContain("Reports was deleted, and you are signed out.");
    expect(browser.jar.has("pixiehook")).toBe(false);
  });

  it("says why the first one cannot be", async () => {
    const { state, submit } = await signedIn();
    const detail = "The first token is a setting: change PIXIEHOOK_API_TOKEN.";
    state.refuse["tokens.remove"] = { kind: "refused", code: "token_is_setting", detail };
    expect(await submit("/tokens/tok_first/delete")).toContain(detail);
  });
});

describe("a token that may only read", () => {
  it("sees the list without buttons, and can neither make nor delete one", async () => {
    const { services, state, signIn, page, post, get } = await signedIn();
    const { token, secret } = await services.tokens.create(read);
    await signIn(secret);
    const html = await page();
    expect(html).toContain("Reports");
    expect(html).not.toContain("Make a token");
    expect(html).not.toContain("/delete");
    const [, form = ""] = /name="form" value="([^"]+)"/.exec(html) ?? [];
    expect((await post("/tokens", { form, name: "A" })).status).toBe(403);
    expect((await get(`/tokens/${token.id}/delete`)).status).toBe(403);
    expect((await post(`/tokens/${token.id}/delete`, { form })).status).toBe(403);
    expect(state.tokens.size).toBe(1);
  });
});

it("forms about tokens are taken from nobody but us", async () => {
  const { services, state, post } = await signedIn();
  const { token } = await services.tokens.create(read);
  for (const path of ["/tokens", `/tokens/${token.id}/delete`])
    expect((await post(path, { name: "A", form: "wrong" })).status).toBe(403);
  expect(state.tokens.size).toBe(1);
});
