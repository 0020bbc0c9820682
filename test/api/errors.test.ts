import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/domain/json.js";
import type { OpenApiDocument } from "./support/conformity.js";
import { faultsOfBody } from "./support/faults.js";
import { addCompanion, createHarness, token } from "./support/harness.js";

const harness = createHarness();
const companion = addCompanion(harness);
const document = (await (await harness.app.request("/openapi.json")).json()) as OpenApiDocument;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);
const innerWords = /Invalid|Unrecognized|Too (small|big)|expected|received|undefined|\bNaN\b|zod/;
const begins = {
  missing: /^is required: /,
  type: /^must |^is required: /,
  range: /^(must|may|no event type|is) /,
  unknown: /^is not a known field/,
};

interface Answered {
  status: number;
  problem: { code: string; detail: string; errors: { path: string; message: string }[] };
}

async function ask(method: string, address: string, body?: unknown): Promise<Answered> {
  const response = await harness.app.request(address.replace(/\{\w+\}/g, "acc_0000000000000000"), {
    method,
    headers: {
      authorization: `Bearer ${address.startsWith("/companion/") ? companion : token}`,
      "content-type": "application/json",
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, problem: (await response.json()) as Answered["problem"] };
}

describe("what is wrong in a body is named, with what would be right", () => {
  const withBody = operations
    .map((one) => ({ ...one, faults: faultsOfBody(document, one.operation) }))
    .filter(({ faults }) => faults.length > 0);

  it.each(withBody)("$method $path", async ({ method, path, faults }) => {
    for (const fault of faults) {
      const { status, problem } = await ask(method, path, fault.body);
      const shown = JSON.stringify(fault.body).slice(0, 200);
      expect(`${status} ${problem.code}`, `${fault.path} in ${shown}`).toBe("400 invalid_request");
      const error = problem.errors.find((one) => one.path === fault.path);
      expect(error, `${fault.path} in ${shown}: ${JSON.stringify(problem.errors)}`).toBeDefined();
      expect(error?.message, `${fault.path} in ${shown}`).toMatch(begins[fault.kind]);
      expect(error?.message, `${fault.path} in ${shown}`).toContain(fault.tells);
      expect(problem.detail).not.toMatch(innerWords);
      expect(problem.detail).toMatch(/[^.?][.?]$/);
      expect(problem.detail).toContain(fault.path);
    }
  });

  it("goes through the fields of every kind of body", () => {
    const paths = new Set(withBody.flatMap(({ faults }) => faults.map(({ path }) => path)));
    for (const path of [
      "session.password",
      "polling.minIntervalSeconds",
      "channel.url",
      "digest.quiet",
      "retry.delays[0]",
    ])
      expect(paths).toContain(path);
  });
});

describe("what is wrong in a query is named, with what would be right", () => {
  const withQuery = operations.filter(({ operation }) =>
    ((operation.parameters ?? []) as JsonObject[]).some((parameter) => parameter.in === "query"),
  );

  it.each(withQuery)("$method $path", async ({ method, path, operation }) => {
    const query = ((operation.parameters ?? []) as JsonObject[]).filter(
      (parameter) => parameter.in === "query",
    );
    const wrong: [string, string, string][] = [["sandwich=1", "sandwich", "is not a known field"]];
    for (const { name, schema } of query as { name: string; schema: JsonObject }[]) {
      const { type, format, enum: choices } = schema;
      if (type !== "array")
        wrong.push([
          `${name}=a&${name}=b`,
          name,
          type === "string" && !format && !choices ? "must be given once" : "must be",
        ]);
      if (type === "integer")
        wrong.push([`${name}=many`, name, "whole number from 1 to 200"], [`${name}=201`, name, "200"]);
      if (format === "date-time") wrong.push([`${name}=yesterday`, name, "2026-11-20T10:15:00Z"]);
      if (choices) wrong.push([`${name}=sandwich`, name, JSON.stringify((choices as string[])[0])]);
      if (schema.minLength) wrong.push([`${name}=`, name, "must not be empty"]);
    }
    for (const [text, field, tells] of wrong) {
      const { status, problem } = await ask(method, `${path}?${text}`);
      expect(`${status} ${problem.code}`, text).toBe("400 invalid_request");
      expect(problem.errors, text).toContainEqual({ path: field, message: expect.stringContaining(tells) });
      expect(problem.detail).not.toMatch(innerWords);
      expect(problem.detail).toMatch(/[^.?][.?]$/);
    }
  });
});

it.each([
  [
    ["foto.added"],
    'no event type matches "foto.added"; did you mean photo.*? GET /v1/event-types lists them',
  ],
  [["favourite.added"], "did you mean favorite.added?"],
  [["invoice.payed"], "did you mean invoice.paid?"],
  [["sandwich.eaten"], "use a name, object.* or *."],
])("an event type that there is not: %j", async (events, words) => {
  const channel = { type: "slack", url: "https://hooks.slack.com/services/x" };
  const { problem } = await ask("POST", "/v1/subscriptions", { events, channel });
  expect(problem.errors).toEqual([{ path: "events[0]", message: expect.stringContaining(words) }]);
});

it("what is near a name is taken for it", async () => {
  const { problem } = await ask("POST", "/v1/accounts", { nmae: "x", resources: ["favourites"] });
  expect(problem.errors).toEqual([
    { path: "name", message: "is required: text" },
    { path: "resources[0]", message: expect.stringMatching(/did you mean "favorites"\?$/) },
    { path: "nmae", message: 'is not a known field; did you mean "name"?' },
  ]);
});

it("names so many fields as can be read, and counts the rest", async () => {
  const body = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 1]));
  const { problem } = await ask("POST", "/v1/accounts", body);
  expect(problem.errors).toHaveLength(20);
  expect(problem.detail).toMatch(/; and 19981 more\.$/);
});

it("says of a body that is no object what it should be, and names it", async () => {
  const { problem } = await ask("POST", "/v1/accounts", []);
  expect(problem).toMatchObject({
    detail: "The body is not valid. must be an object, not a list.",
    errors: [{ path: "body", message: "must be an object, not a list" }],
  });
});
