import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import type { Json } from "../../support/service.js";
import { available } from "../support/shell.js";
import type { PageTests } from "../support/world.js";

const page = "docs/operations.md";

export const testOperations: PageTests = (example, world) => {
  test("a service is asked whether it is ready, and its subscriptions are paused and sent to again", async () => {
    const { shell } = world();
    await shell.run(example(page, "ready"));
    const { id } = await world().subscribe();
    const replace = { "sub_…": id };
    const paused = JSON.parse(await shell.run(example(page, "pause"), { replace }));
    expect(paused.mailbox.status).toBe("paused");
    await world().service.call("PATCH", `/v1/subscriptions/${id}`, { paused: false });
    expect(await shell.run(example(page, "replay"), { replace })).toMatch(/Done|nothing to send/);
  });

  test("a token is made that may read, and no more", async () => {
    const { shell, service } = world();
    const replace = { "2027-01-01": `${new Date().getUTCFullYear() + 1}-12-31` };
    const made = JSON.parse(await shell.run(example(page, "token"), { replace }));
    expect(made).toMatchObject({ name: "reporting", scope: "read", token: expect.stringMatching(/^pxh_/) });
    const asked = { headers: { authorization: `Bearer ${made.token}` } };
    expect((await fetch(`${service.url}/v1/accounts`, asked)).status).toBe(200);
    expect((await fetch(`${service.url}/v1/accounts`, { ...asked, method: "POST" })).status).toBe(403);
  });

  test.skipIf(!available("jq"))("mailboxes and the doctor's findings are read out of JSON", async () => {
    const { shell } = world();
    const { id } = await world().subscribe();
    const mailboxes = await shell.run(example(page, "mailboxes"));
    expect(mailboxes).toContain(id);
    expect(mailboxes).toContain('"status": "idle"');
    await world().service.call("PATCH", `/v1/subscriptions/${id}`, { enabled: false });
    // The doctor finds nothing that needs anybody: an account is added first, or that would.
    await world().addAccount("Smith Studio");
    expect(await shell.run(example(page, "doctor-json"))).toBe("");
  });

  test("`pixiehook verify` judges a request however it is given", async () => {
    const { shell } = world();
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const [id, at, body] = ["evt_t0mayx139nj0v9g0", new Date(), '{"type":"favorite.added"}'];
    const timestamp = String(Math.floor(at.getTime() / 1_000));
    const signature = new Webhook(secret).sign(id, at, body);
    const headers = `webhook-id: ${id}\r\nwebhook-timestamp: ${timestamp}\r\nwebhook-signature: ${signature}\r\n`;
    const files = {
      "request.http": `POST /hook HTTP/1.1\r\n${headers}\r\n${body}`,
      "headers.txt": headers,
      "body.json": body,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(shell.folder, name), text);
    const told = await shell.run(example("docs/webhooks.md", "verify-command"), {
      replace: { "whsec_…": secret },
      environment: { ID: id, TIMESTAMP: timestamp, SIGNATURE: signature },
    });
    expect(told.match(/^Valid: /gm)).toHaveLength(3);
  });

  test("`pixiehook listen` sends what happens to a local receiver", async () => {
    const line = example("docs/webhooks.md", "listen").trim();
    const [npx, command, ...args] = line
      .replace("http://localhost:3001/hook", `${world().studio.webhooks.url}/local`)
      .split(" ");
    expect([npx, command]).toEqual(["npx", "pixiehook"]);
    const main = fileURLToPath(new URL("../../../bin/pixiehook.js", import.meta.url));
    const { url, token } = world().service;
    const child = spawn(process.execPath, [main, ...args, "--url", url], {
      env: { PATH: process.env.PATH, PIXIEHOOK_API_TOKEN: token },
    });
    try {
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => (output += chunk));
      await expect.poll(() => output, { timeout: 10_000 }).toMatch(/whsec_/);
      await world().subscribe();
      const account = await world().addAccount("Smith Studio");
      await world().service.call("POST", `/v1/accounts/${account}/poll?wait=true`);
      world().studio.simulator.addFavorites({ count: 1 });
      const caught = await world().studio.webhooks.waitFor(({ path }) => path === "/local", 10_000);
      expect((caught.json as Json).type).toBe("favorite.added");
    } finally {
      child.kill("SIGTERM");
    }
  });
};
