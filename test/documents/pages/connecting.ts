import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PageTests } from "../support/world.js";

const page = "docs/connecting.md";

export const testConnecting: PageTests = (example, world) => {
  const withCookies = () =>
    writeFileSync(join(world().shell.folder, "session.txt"), `${world().studio.simulator.cookies}\n`);
  const accounts = async () => (await world().service.call("GET", "/v1/accounts")).body.data;

  test("an account is added over the API with cookies out of a file, and the file is gone", async () => {
    withCookies();
    const answer = JSON.parse(await world().shell.run(example(page, "account")));
    expect(answer).toMatchObject({ name: "Smith Studio", timezone: "Europe/London" });
    expect(answer.session).toMatchObject({ status: "active" });
    expect(existsSync(join(world().shell.folder, "session.txt"))).toBe(false);
  });

  test("a session is renewed, credentials are handed over and forgotten, and the budget is told and changed", async () => {
    const id = await world().addAccount("Smith Studio");
    const run = async (name: string, more: Record<string, string> = {}) =>
      JSON.parse(await world().shell.run(example(page, name), { replace: { "acc_…": id, ...more } }));

    withCookies();
    expect(await run("renew-api")).toMatchObject({ status: "active", renewal: "cookies" });
    const { email, password } = world().studio.simulator.credentials;
    const own = { "ana@example.com": email, '"…"': `"${password}"` };
    expect(await run("credentials", own)).toMatchObject({ status: "active", renewal: "credentials" });
    expect((await run("forget-credentials")).session).toMatchObject({ renewal: "cookies" });

    expect(await run("forecast")).toHaveProperty("options");
    expect((await run("budget")).polling).toMatchObject({ requestsPerMinute: 10, minIntervalSeconds: 0.2 });
    await world().shell.run(example(page, "delete"), { replace: { "acc_…": id } });
    expect(await accounts()).toEqual([]);
  });

  test("`pixiehook connect` adds an account and renews its session", async () => {
    const { shell, studio } = world();
    expect(example("README.md", "connect")).toBe(example(page, "connect"));
    const typed = { input: `${studio.simulator.cookies}\n` };
    expect(await shell.run(example(page, "connect"), typed)).toContain("Signed in as");
    const [{ id }] = await accounts();
    withCookies();
    expect(await shell.run(example(page, "renew"))).toContain(id);
    await world().service.call("DELETE", `/v1/accounts/${id}`);
    expect(await shell.run(example(page, "connect-file"))).toContain("Signed in as");
    expect(await accounts()).toHaveLength(1);
  });

  test("`pixiehook poll` looks at once", async () => {
    await world().addAccount("Smith Studio");
    expect(await world().shell.run(example(page, "poll"))).not.toBe("");
  });
};
