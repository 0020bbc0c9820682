import { expect, test } from "vitest";
import { pairBrowser } from "./support/furnish.js";
import { shoot } from "./support/shoot.js";
import { useWorld } from "./support/use-world.js";
import type { World } from "./support/world.js";

let world: World;
let account: string;
useWorld(async (begun) => {
  world = begun;
  account = await world.connect();
});

test("a studio in which all is well shows so, and what happened lately", async () => {
  const { simulator, webhooks, slack, mail } = world.simulation;
  const subscriptions = [
    { description: "Studio CRM", events: ["*"], channel: { type: "webhook", url: `${webhooks.url}/crm` } },
    {
      description: "Team on Slack",
      events: ["favorite.*"],
      channel: { type: "slack", url: slack.webhookUrl },
    },
    {
      description: "Bookkeeping",
      events: ["invoice.*"],
      channel: { type: "email", to: ["ana@smith.example"] },
    },
  ];
  for (const subscription of subscriptions)
    await world.api("POST", "/v1/subscriptions", { digest: null, ...subscription });
  const acts = [
    () => simulator.addInvoice(),
    () => simulator.addDownloads({ kind: "gallery", parts: 2 }),
    () => simulator.addFavorites({ count: 3 }),
    () => simulator.payInvoice(),
    () => simulator.addFavorites({ count: 2, note: "For the album, please" }),
  ];
  for (const act of acts) {
    act();
    await world.poll(account);
  }
  await Promise.all([
    webhooks.waitFor(() => true),
    slack.waitFor(() => true),
    mail.waitFor(({ mail: { subject } }) => /paid/.test(subject ?? "")),
  ]);
  const page = await world.open();
  await page.goto("/");
  expect(await page.locator("h1").textContent()).toBe("Everything is working");
  expect(await page.locator(".event").count()).toBeGreaterThan(5);
  await page.getByText("Live", { exact: true }).waitFor();
  await shoot(page, "home");

  const dark = await world.open({ scheme: "dark" });
  await dark.goto(`/accounts/${account}`);
  await shoot(dark, "account");
  await page.goto("/subscriptions");
  await page.getByRole("link", { name: /Studio CRM/ }).click();
  await page.getByRole("heading", { name: "Deliveries" }).waitFor();
  await shoot(page, "subscription");
  const phone = await world.open({ width: "phone" });
  await phone.goto("/events");
  await shoot(phone, "events-on-a-phone");
});

test("a browser is paired step by step, and stands by the account from then on", async () => {
  const [page, dark] = [await world.open(), await world.open({ scheme: "dark" })];
  await page.goto(`/accounts/${account}/companion`);
  await page.getByText("Load unpacked").waitFor();
  await shoot(page, "companion");
  await pairBrowser(world, account, "Chromium on Linux");
  await dark.goto(`/accounts/${account}`);
  await dark.locator("#browsers").getByText("Chromium on Linux", { exact: true }).waitFor();
  await dark.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await shoot(dark, "companion-paired");
});
