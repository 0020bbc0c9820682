import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/domain/json.js";
import { resourceNames } from "../../../src/domain/record.js";
import { findResource } from "../../../src/pixieset/resources/index.js";
import { isSecretName, withoutSecrets } from "../../../src/pixieset/secrets.js";
import { secretNames } from "../../support/secrets/plant.js";
import { rowMakers } from "../../support/secrets/rows.js";

describe("names of secrets", () => {
  it.each([
    ...secretNames,
    "PASSWORD",
    "downloadpin",
    "gallery-pin",
    "clientPin",
    "apiKey",
    "accessCode",
    "XSRF-TOKEN",
    "phpSessionId",
  ])("%s is one", (name) => expect(isSecretName(name)).toBe(true));

  it.each(
    "pinned is_pinned shipping pinterest_url opinion spin name code postcode zip_code currency_code keyword session_type part_number company invoice_number author key status".split(
      " ",
    ),
  )("%s is none", (name) => expect(isSecretName(name)).toBe(false));
});

describe("texts", () => {
  it.each([
    ["https://user:pass@cdn.example.com/a/b.jpg?Signature=x#y", "https://cdn.example.com/a/b.jpg"],
    ["//cdn.example.com/b.jpg?X-Amz-Signature=x&Expires=1", "//cdn.example.com/b.jpg"],
    ["/a/b.jpg?token=x", "/a/b.jpg"],
    ["b.jpg#access_token=x", "b.jpg"],
    ["?token=x", ""],
    ["see https://u:p@x.co/a?b=c, and ftp://u:p@y.co too", "see https://x.co/a and ftp://y.co too"],
    ["https://x.co/a,https://u:p@y.co/b?c=d", "https://x.co/a,https://y.co/b"],
    ["https://proxy.co/https%3A%2F%2Fx.co%2Fa%3Ftoken%3Dx", "https://proxy.co/https%3A%2F%2Fx.co%2Fa"],
    ['<img src="https://x.co/a?token=x">', '<img src="https://x.co/a">'],
    ['{"name":"a","token":"x","url":"https://x.co/a?b=c"}', '{"name":"a","url":"https://x.co/a"}'],
    ['{"name":"a","deep":{"pin":1,"more":["{\\"pin\\":2}"]}}', '{"name":"a","deep":{"more":["{}"]}}'],
    ['{"name":"a","token":"x', '{"name":"a","token":null'],
    ["https:\\/\\/u:p@x.co\\/a?b=c", "https:\\/\\/x.co\\/a"],
  ])("%j is kept as %j", (text, kept) => expect(withoutSecrets(text)).toBe(kept));

  it.each([
    "the code is 1234",
    "Which one? #3 = the best",
    "Really? yes/no",
    "jane@example.com",
    "and//or, 50% off",
    '{"name":"a"}',
    "[3] is mine",
    '"quoted": yes',
    "photo #12.jpg",
  ])("%j stays as it is", (text) => expect(withoutSecrets(text)).toBe(text));

  it("whatever is nested too deep, or hostile, neither ends the program nor takes long", () => {
    const deep = `${"[".repeat(9_000)}"?"${"]".repeat(9_000)}`;
    const hostile = ["?=", "//@", '"a":', "%3f", "{"].map((part) => part.repeat(4_000));
    const started = performance.now();
    for (const text of [deep, ...hostile]) expect(typeof withoutSecrets(text)).toBe("string");
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

const marker = "Zqxsecretzqx";

/** Any JSON whose every text and number is the secret. */
const secretJson = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constant<JsonValue>(marker),
    fc.constant<JsonValue>(JSON.stringify({ id: marker, name: marker })),
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom("id", "name", "value", "url", "photos", "email", "status", "date"),
      tie("json"),
      { maxKeys: 4 },
    ) as fc.Arbitrary<JsonValue>,
  ),
})).json;

/** The row with a secret in some of its objects, at whatever depth. */
function plantAt(value: JsonValue, picks: Iterator<JsonObject>): JsonValue {
  if (Array.isArray(value)) return value.map((each) => plantAt(each, picks));
  if (!isJsonObject(value)) return value;
  const own = Object.entries(value).map(([name, member]) => [name, plantAt(member, picks)] as const);
  return { ...(picks.next().value ?? {}), ...Object.fromEntries(own) };
}

const plants = fc.array(fc.dictionary(fc.constantFrom(...secretNames), secretJson, { maxKeys: 3 }), {
  minLength: 1,
  maxLength: 6,
});

describe("what is read of a row", () => {
  it.each(resourceNames)("%s: nothing that is named like a secret", (name) => {
    const row = rowMakers[name](7, (word) => word, 0);
    const clean = findResource(name).read(row, new Set(), Date.now());
    expect(clean[0]?.kind).toBe("record");
    fc.assert(
      fc.property(plants, (picked) => {
        const planted = plantAt(row, picked[Symbol.iterator]());
        expect(findResource(name).read(planted, new Set(), Date.now())).toEqual(clean);
      }),
      { numRuns: 100 },
    );
  });

  it.each(resourceNames)("%s: nothing of a row of secrets alone", (name) => {
    fc.assert(
      fc.property(plants, ([only = {}]) => {
        expect(JSON.stringify(findResource(name).read(only, new Set(), Date.now()))).not.toContain(marker);
      }),
      { numRuns: 100 },
    );
  });
});
