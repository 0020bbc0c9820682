import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { createApi } from "../../../src/api/app.js";
import type { ApiOptions } from "../../../src/api/options.js";
import { companionToken } from "../../../src/domain/companion.js";
import { idFromBytes } from "../../../src/domain/ids.js";
import { createEntrance } from "../../../src/operations/entrance.js";
import { expectDescribed, type OpenApiDocument } from "./conformity.js";
import { createFakeServices } from "./fake-services.js";
import { accountId, at, makeAccount } from "./fixtures.js";

export const token = "test-token-0123456789";
export const publicUrl = "http://pixiehook.test";

interface Request {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** An API over fake services. Every answer that it gives is held against its own OpenAPI document. */
export function createHarness(options: Partial<ApiOptions> = {}) {
  const fake = createFakeServices();
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const { services } = fake;
  const entrance = createEntrance({ apiToken: token, tokens: services.tokens, now: Date.now });
  const base = { services, log, entrance, publicUrl, version: "1.2.3" };
  const app = createApi({ ...base, ...options });

  let document: OpenApiDocument | undefined;
  const send = async (method: string, path: string, request: Request = {}): Promise<Response> => {
    const { body, signal } = request;
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
    for (const [name, value] of Object.entries(headers)) if (value === "") delete headers[name];
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await app.request(`${publicUrl}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: text }),
      ...(signal && { signal }),
    });
    document ??= (await (await app.request("/openapi.json")).json()) as OpenApiDocument;
    await expectDescribed(document, method, new URL(path, publicUrl).pathname, response);
    return response;
  };
  return { app, send, lines, ...fake };
}

/** The body of an answer, loosely typed: tests name what they expect of it. */
export async function json(response: Response): Promise<Record<string, unknown> & { data: unknown[] }> {
  return (await response.json()) as Record<string, unknown> & { data: unknown[] };
}

/** The token of a browser that is paired with an account; the account of the story unless told. */
export function addCompanion(
  { state }: Pick<ReturnType<typeof createHarness>, "state">,
  account = accountId,
) {
  state.accounts.set(account, makeAccount({ id: account }));
  const token = companionToken(account, randomBytes(32).toString("base64url"));
  const id = idFromBytes("cmp", randomBytes(10));
  const companion = { id, browser: "Chromium on Linux", createdAt: at(0), lastHeardAt: at(0) };
  state.companions.byToken.set(token, { account, companion });
  return token;
}
