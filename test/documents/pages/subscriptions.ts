import { expect, test } from "vitest";
import { readConfig } from "../../../src/config.js";
import { subscriptionInputSchema } from "../../../src/domain/subscription.js";
import { readPage } from "../../support/documents.js";
import type { Json } from "../../support/service.js";
import type { PageTests } from "../support/world.js";

const page = "docs/subscriptions.md";

export const testSubscriptions: PageTests = (example, world) => {
  test("the three uses of the README reach Slack, a webhook and a mailbox", async () => {
    const { shell, studio, addresses, addAccount, service } = world();
    const run = async (name: "slack" | "webhook" | "email", replace: Record<string, string>): Promise<Json> =>
      JSON.parse(await shell.run(example("README.md", name), { replace }));
    const hook = await run("webhook", addresses.webhook);
    const slack = await run("slack", addresses.slack);
    const mail = await run("email", addresses.mail);
    expect(hook.secret).toMatch(/^whsec_/);
    expect(slack.digest).toMatchObject({ quiet: "2m", max: "15m" });
    expect(mail.filter).toEqual({ amountAtLeast: 10_000 });
    studio.webhooks.setSecret(hook.secret);

    const account = await addAccount("Smith Studio");
    await service.call("POST", `/v1/accounts/${account}/poll?wait=true`);
    studio.simulator.addDownloads({});
    studio.simulator.payInvoice({});
    const [webhook] = await Promise.all([
      studio.webhooks.waitFor(({ json }) => (json as Json).type === "download.created", 10_000),
      studio.mail.waitFor(({ mail: { subject } }) => /paid/.test(subject ?? ""), 10_000),
    ]);
    expect(webhook.verdict).toBe("valid");
    // A burst of favorites waits for two quiet minutes; a sample does not.
    expect((await service.call("POST", `/v1/subscriptions/${slack.id}/test`)).body.outcome).toBe("delivered");
    expect(studio.slack.received.at(-1)).toMatchObject({ accepted: true, violations: [] });
  });

  test("the variables of the README lead to the service that prints them", async () => {
    const code = example("README.md", "variables");
    expect(code).toContain("http://127.0.0.1:3000");
    const replace = {
      "data/api-token": `"$PIXIEHOOK_DATA_DIR/api-token"`,
      "http://127.0.0.1:3000": world().service.url,
    };
    const asked = `${code}curl -sS -f "$PIXIEHOOK/v1/accounts" -H "Authorization: Bearer $TOKEN"`;
    expect(
      JSON.parse(await world().shell.run(asked, { replace, environment: { TOKEN: "" } })),
    ).toHaveProperty("data");
  });

  test("a subscription is made, tried before and after, paused, and sent to again as the page says", async () => {
    const { shell, addresses, studio, service } = world();
    const created = JSON.parse(await shell.run(example(page, "create"), { replace: addresses.slack }));
    expect(created.events).toEqual(["favorite.*", "download.created"]);
    const preview = JSON.parse(await shell.run(example(page, "preview"), { replace: addresses.mail }));
    expect(preview.next).toBeNull();

    const { id } = await world().subscribe();
    const replace = { "sub_…": id };
    const attempt = JSON.parse(await shell.run(example(page, "test"), { replace }));
    expect(attempt).toMatchObject({ outcome: "delivered", status: 204 });
    const paused = JSON.parse(await shell.run(example(page, "pause"), { replace }));
    expect(paused.mailbox.status).toBe("paused");
    await service.call("PATCH", `/v1/subscriptions/${id}`, { paused: false });
    expect(await shell.run(example(page, "replay"), { replace })).toMatch(/Done|nothing to send/);
    expect(studio.webhooks.received.length).toBeGreaterThan(0);
  });

  test("the page shows every field of a subscription, and what it says is so unless told", () => {
    const whole = JSON.parse(example(page, "whole"));
    expect(Object.keys(whole).sort()).toEqual(Object.keys(subscriptionInputSchema.shape).sort());
    const parsed = subscriptionInputSchema.parse(whole);
    const { events, channel } = parsed;
    const usual = subscriptionInputSchema.parse({ events, channel });
    for (const field of ["account", "retry", "limits", "ordered", "enabled", "paused"] as const)
      expect(whole[field], field).toEqual(usual[field]);
  });

  const recipes = [...readPage(page).matchAll(/<!-- example: (recipe-\S+) -->/g)].map(
    ([, name = ""]) => name,
  );

  test.each(recipes)("the service takes the %s", async (name) => {
    const recipe = JSON.parse(example(page, name));
    const made = await world().service.call("POST", "/v1/subscriptions", recipe);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
  });

  test("the settings for mail are ones that the service starts with", () => {
    const lines = example(page, "smtp").trim().split("\n");
    const given = Object.fromEntries(lines.map((line) => line.split(/=(.*)/).slice(0, 2)));
    expect(readConfig(given).smtp?.from).toBe("Studio <alerts@example.com>");
  });

  test("`pixiehook subscribe` makes a subscription, and sends a sample", async () => {
    const { shell, addresses, studio, service } = world();
    await shell.run(example(page, "subscribe"), { replace: addresses.slack });
    const before = studio.slack.received.length;
    await shell.run(example("README.md", "subscribe"), { replace: addresses.slack });
    expect(studio.slack.received.length).toBe(before + 1);
    expect((await service.call("GET", "/v1/subscriptions")).body.data).toHaveLength(2);
  });

  test("`pixiehook trigger` sends a sample on the real way", async () => {
    await world().addAccount("Smith Studio");
    const { id } = await world().subscribe({
      channel: { type: "webhook", url: `${world().studio.webhooks.url}/triggered` },
    });
    await world().shell.run(example(page, "trigger"), { replace: { "sub_…": id } });
    const caught = await world().studio.webhooks.waitFor(({ path }) => path === "/triggered", 10_000);
    expect((caught.json as Json).type).toBe("favorite.added");
  });
};
