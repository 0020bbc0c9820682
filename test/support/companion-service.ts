import { Redis } from "ioredis";
import { type Service, startService } from "../../src/cli/run-service.js";
import { readConfig } from "../../src/config.js";
import type { Errand } from "../../src/domain/companion.js";
import { createLog } from "../../src/log.js";
import { createSimulator } from "../../src/simulator/simulator.js";
import { startTestRedis } from "./redis.js";
import type { Json } from "./service.js";

export const apiToken = "first-token-0123456789";

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
}

/** A service with an API and no workers, over a simulated studio, in this process. */
export async function startCompanionService() {
  const redis = await startTestRedis();
  const client = new Redis(redis.socketPath, { protocol: 2 });
  const simulator = await createSimulator({ seed: 5, collections: 2 });
  const lines: string[] = [];
  const settings = {
    PORT: "0",
    REDIS_URL: redis.url,
    PIXIEHOOK_SECRET_KEY: Buffer.alloc(32, 9).toString("base64"),
    PIXIEHOOK_API_TOKEN: apiToken,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
    PIXIESET_GALLERY_URL: simulator.galleryUrl,
    PIXIESET_STUDIO_URL: simulator.studioUrl,
  };
  const log = createLog({ level: "debug", format: "json" }, { write: (line: string) => lines.push(line) });
  const service: Service = await startService(readConfig(settings), ["api"], { log });
  const { publicUrl } = service.context.config;

  async function ask(method: string, path: string, token: string | null, body?: unknown): Promise<Answered> {
    const response = await fetch(`${publicUrl}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    const { status, headers } = response;
    return { status, headers, text, body: isJson && text !== "" ? JSON.parse(text) : null };
  }

  let made = 0;
  return {
    service,
    simulator,
    redis: client,
    url: publicUrl,
    lines,
    store: service.context.parts.store,
    ask,
    /** An account that is read by a browser unless told. */
    async addAccount(name: string, readBy: "browser" | "server" = "browser") {
      const session = { cookies: simulator.newSession() };
      const { body } = await ask("POST", "/v1/accounts", apiToken, {
        name,
        session,
        resources: ["favorites"],
      });
      const first = await this.pair(body.id);
      if (readBy === "browser") await ask("PATCH", `/v1/accounts/${body.id}`, apiToken, { readBy });
      return { id: body.id as string, ...first };
    },
    async pair(account: string, browser = "Firefox") {
      const { body: pairing } = await ask("POST", `/v1/accounts/${account}/pairings`, apiToken);
      const { body } = await ask("POST", "/companion/v1/pair", null, { code: pairing.code, browser });
      return { companion: body.companion as string, token: body.token as string };
    },
    /** Puts a page where the browser of an account finds it. */
    async putErrand(account: string): Promise<Errand> {
      const id = `err_${String(made++).padStart(16, "0")}`;
      const url = `${simulator.galleryUrl}/user`;
      const errand = { id, url, headers: {}, withinMs: 25_000, maxBodyBytes: 20_000_000 };
      await service.context.parts.store.errands.put(account, errand, 60_000);
      return errand;
    },
    async close() {
      await service.close();
      await client.quit();
      await redis.assertNoConnections();
      await Promise.all([simulator.close(), redis.close()]);
    },
  };
}
