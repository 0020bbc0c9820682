import { expect, test } from "vitest";
import { runSimulator, startSimulation } from "../../../src/simulator/run.js";

test("the command says where everything is, and ends when told to", async () => {
  const lines: string[] = [];
  const stop = new AbortController();
  const running = runSimulator({
    seed: 3,
    life: false,
    log: (line) => lines.push(line),
    signal: stop.signal,
  });
  await expect.poll(() => lines.join("\n")).toContain("/control/life");
  const text = lines.join("\n");
  for (const part of [
    "PIXIESET_GALLERY_URL=http",
    "gallery_dashboard_session=",
    "SMTP_URL=smtp://",
    "/services/T0",
  ]) {
    expect(text).toContain(part);
  }
  const url = /PIXIESET_GALLERY_URL=(\S+)/.exec(text)?.[1] ?? "";
  expect((await fetch(`${url}/user`)).status).toBe(401);
  stop.abort();
  await running;
  await expect(fetch(url)).rejects.toThrow();
});

test("everything tells its log what happens", async () => {
  const lines: string[] = [];
  const all = await startSimulation({ log: (line) => lines.push(line) });
  all.simulator.addFavorites();
  await fetch(all.webhooks.url, { method: "POST", body: '{"type":"favorite.added"}' });
  await fetch(all.slack.webhookUrl, { method: "POST", body: '{"text":"hello"}' });
  await all.close();
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["studio", "webhook", "slack"]);
  expect(lines.join()).toContain("favorite.added signature unchecked");
});

test("a taken port is refused, and nothing stays open", async () => {
  const first = await startSimulation();
  const port = Number(new URL(first.slack.url).port);
  await expect(startSimulation({ port: port - 2 })).rejects.toThrow("EADDRINUSE");
  await first.close();
});
