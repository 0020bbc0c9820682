import { describe, expect, it } from "vitest";
import { problemKinds } from "../../src/api/problem.js";
import { eventTypes } from "../../src/domain/catalog.js";
import type { JsonObject, JsonValue } from "../../src/domain/json.js";
import { misfits, type OpenApiDocument } from "./support/conformity.js";
import { createHarness } from "./support/harness.js";

async function load() {
  const { app } = createHarness();
  const document = (await (await app.request("/openapi.json")).json()) as OpenApiDocument;
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  return { app, document, operations };
}

function walk(value: JsonValue, visit: (object: JsonObject) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (typeof value === "object" && value !== null) {
    visit(value);
    for (const [key, member] of Object.entries(value)) if (!/^examples?$/.test(key)) walk(member, visit);
  }
}

describe("/openapi.json", () => {
  it("is OpenAPI 3.1 and describes every route that exists", async () => {
    const { app, document } = await load();
    expect(document.openapi).toBe("3.1.0");
    const undescribed = /^\/(docs|openapi\.json)/;
    for (const { method, path } of app.routes) {
      if (method === "ALL" || undescribed.test(path)) continue;
      const template = path.replaceAll(/:([^/]+)/g, "{$1}");
      expect(document.paths[template], `${method} ${path}`).toHaveProperty(method.toLowerCase());
    }
  });

  it("resolves every reference", async () => {
    const { document } = await load();
    walk(document as unknown as JsonValue, ({ $ref }) => {
      if (typeof $ref !== "string") return;
      const [, , kind = "", name = ""] = $ref.split("/");
      expect(document.components[kind]?.[name], $ref).toBeDefined();
    });
  });

  it("gives every operation a name, a tag, a summary, its problems and an example", async () => {
    const { operations } = await load();
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(operations.length);
    for (const { path, method, operation } of operations) {
      const where = `${method} ${path}`;
      expect(operation.summary, where).toBeTruthy();
      expect(operation.tags, where).toHaveLength(1);
      const responses = operation.responses as Record<string, JsonObject>;
      expect(responses, where).toHaveProperty("500");
      const isCompanions = path.startsWith("/companion/v1/") && path !== "/companion/v1/pair";
      if (isCompanions) expect(operation.security, where).toEqual([{ companion: [] }]);
      if (path.startsWith("/v1/") || isCompanions) expect(responses, where).toHaveProperty("401");
      else expect(operation.security, where).toEqual([]);
      if (path.startsWith("/v1/")) expect(operation, where).not.toHaveProperty("security");
      if (path.includes("{")) expect(responses, where).toHaveProperty("404");
      for (const response of Object.values(responses)) {
        expect(response.description, where).toBeTruthy();
        for (const media of Object.values((response.content ?? {}) as Record<string, JsonObject>)) {
          expect(media.example ?? media.examples, where).toBeDefined();
        }
      }
      const request = (operation.requestBody as JsonObject | undefined)?.content as JsonObject | undefined;
      if (request) expect(request["application/json"], where).toHaveProperty("example");
      const named = (operation.parameters ?? []) as JsonObject[];
      for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
        expect(named, where).toContainEqual(expect.objectContaining({ name, in: "path", required: true }));
      }
    }
  });

  it("gives examples that fit what they are examples of", async () => {
    const { document } = await load();
    let seen = 0;
    walk(document as unknown as JsonValue, ({ schema, example, examples, name }) => {
      if (typeof schema !== "object") return;
      const named = Object.values((examples ?? {}) as Record<string, JsonObject>).map(({ value }) => value);
      for (const given of [...(example === undefined ? [] : [example]), ...named]) {
        // Parameters and headers are text on their way.
        const value = typeof given === "number" && name ? String(given) : given;
        expect(misfits(document, schema as JsonObject, value), JSON.stringify(given)).toEqual([]);
        seen++;
      }
    });
    expect(seen).toBeGreaterThan(200);
  });

  it("says what receivers of webhooks get, for every event type and for digests", async () => {
    const { document } = await load();
    expect(Object.keys(document.webhooks)).toEqual([...eventTypes.map(({ type }) => type), "digest"]);
    for (const { post } of Object.values(document.webhooks)) {
      const parameters = (post.parameters as { $ref: string }[]).map(({ $ref }) => $ref.split("/").at(-1));
      expect(parameters).toEqual(["WebhookId", "WebhookTimestamp", "WebhookSignature"]);
    }
    const body = document.webhooks["favorite.added"]?.post.requestBody as JsonObject;
    const { schema, example } = (body.content as Record<string, Record<"schema" | "example", JsonObject>>)[
      "application/json"
    ] ?? { schema: {}, example: {} };
    expect(misfits(document, schema, { ...example, type: "favorite.removed" })).not.toEqual([]);
  });

  it("has a security scheme", async () => {
    const { document } = await load();
    expect(document).toMatchObject({
      security: [{ token: [] }],
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    });
  });
});

describe("/docs", () => {
  it("shows every operation, with styles of its own and no script", async () => {
    const { app, operations } = await load();
    const response = await app.request("/docs");
    const html = await response.text();
    for (const { operation } of operations) expect(html).toContain(`id="${operation.operationId}"`);
    expect(html).toContain("<!doctype html>");
    expect(html).not.toContain("[object Object]");
    for (const { type } of eventTypes) expect(html).toContain(`id="event-${type}"`);
    expect(html).not.toMatch(/<script|style=|https?:\/\/cdn/);
    expect(response.headers.get("content-security-policy")).toContain("style-src 'self'");
    const style = /href="(\/docs\/style-[0-9a-f]+\.css)"/.exec(html)?.[1] ?? "";
    const css = await app.request(style);
    expect(css.headers.get("content-type")).toContain("text/css");
    expect(css.headers.get("cache-control")).toContain("immutable");
  });

  it("explains every problem code where its type points", async () => {
    const { app } = await load();
    const html = await (await app.request("/docs/errors")).text();
    for (const code of Object.keys(problemKinds)) expect(html).toContain(`<dt id="${code}">`);
  });
});
