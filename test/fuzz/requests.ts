import type { JsonObject } from "../../src/domain/json.js";
import { createRandom, type Random } from "../../src/simulator/random.js";
import { malformedBody } from "./malform.js";
import { escapes, texts } from "./nonsense.js";
import type { FuzzOperation } from "./operations.js";

/** What there is to be asked for; deleted things are never among it. */
export interface Targets {
  readonly host: string;
  readonly token: string;
  /** Ids by prefix: `acc`, `sub`, `evt`, `dlv`, `hold`, `rpl`. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly webhookUrl: string;
  readonly slackUrl: string;
}

/** One request, as the bytes that go over the wire say it. */
export interface FuzzRequest {
  readonly index: number;
  readonly operation: FuzzOperation;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | null;
  /** Whether HTTP itself is broken, so that an answer may come from below the API. */
  readonly isBroken: boolean;
}

const wrongMethods = [
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "PROPFIND",
  "QUERY",
];
const contentTypes = [
  "",
  "text/plain",
  "application/xml",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "multipart/form-data; boundary=x",
  "application/json; charset=utf-16",
  "application/json; charset=nonsense",
  "application/json, text/html",
  "application/jsonp",
  "application/vnd.api+json",
  "APPLICATION/JSON",
  "application/json;",
  ";",
  "/",
];
const tokens = [
  "",
  "Bearer",
  "Bearer ",
  "Bearer null",
  "Basic YWRtaW46YWRtaW4=",
  "Bearer a b",
  "Token x",
  `Bearer ${"x".repeat(4_000)}`,
  "Bearer \u00ff\u00fe",
];
const cursors = [
  "0",
  "-1",
  "null",
  "W10=",
  "eyJhIjoxfQ==",
  "MTIzLTA=",
  "1795169702000-0",
  "*",
  "$",
  "(1-0",
  "+",
  "-",
];

/** Lone surrogates cannot be written in UTF-8: another character stands for them. */
const well = (text: string): string => Buffer.from(text).toString();
/** Characters as one byte each, as HTTP wants its lines; others in UTF-8. */
const latin = (text: string): string => Buffer.from(text).toString("latin1");
const oneLine = (text: string): string =>
  [...latin(text.slice(0, 2_000))].map((one) => (one < " " || one === "\u007f" ? "\t" : one)).join("");

function idFor(parameter: string, operation: FuzzOperation, targets: Targets, random: Random): string {
  const wanted: Record<string, string> = {
    accounts: "acc",
    subscriptions: "sub",
    events: "evt",
    deliveries: "dlv",
  };
  const owner = operation.path.split("/")[2] ?? "";
  const prefix = { hold: "hold", replay: "rpl", subscription: "sub" }[parameter] ?? wanted[owner] ?? "tok";
  const others = Object.values(targets.ids).flat();
  const kind = random.next();
  const known = targets.ids[prefix] ?? [];
  // What exists stays: nothing that deletes, or waits for long, gets the id of something real.
  const isSafe =
    operation.method !== "DELETE" && operation.id !== "pollAccount" && operation.id !== "unsubscribe";
  if (kind < 0.7 && isSafe && known.length > 0) return random.pick(known);
  if (kind < 0.8 && isSafe && others.length > 0)
    return random.pick(others.filter((id) => !id.startsWith(prefix)));
  if (kind < 0.9) return encodeURIComponent(well(random.pick(texts).slice(0, 300)));
  return kind < 0.92 ? "x".repeat(random.int(1_000, 9_000)) : random.pick(escapes);
}

function pathFor(operation: FuzzOperation, targets: Targets, random: Random): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    idFor(name, operation, targets, random),
  );
  if (random.chance(0.97)) return path;
  return random.pick([
    `${path}/`,
    `/${path}`,
    path.toUpperCase(),
    `${path}%20`,
    `${path}/../..`,
    `${path};a=b`,
    `${path}.json`,
  ]);
}

function queryFor(operation: FuzzOperation, random: Random): string {
  const given: string[] = [];
  const value = (): string =>
    random.chance(0.7)
      ? encodeURIComponent(well(random.pick(random.chance(0.2) ? cursors : texts).slice(0, 3_000)))
      : random.pick(escapes);
  for (const { name, example } of operation.query) {
    if (random.chance(0.3)) given.push(`${name}=${value()}`);
    else if (random.chance(0.15) && example !== undefined)
      given.push(`${name}=${encodeURIComponent(String(example))}`);
    if (random.chance(0.06)) given.push(`${name}=${value()}`, `${name}=`);
    if (random.chance(0.02)) given.push(`${name}[]=1`, `${name}[a][b]=1`);
  }
  if (random.chance(0.08))
    given.push(`${random.pick(["x", "__proto__", "constructor", "a%00", "%", ""])}=${value()}`);
  if (random.chance(0.01)) given.push(...Array.from({ length: 300 }, (_, n) => `q${n}=${n}`));
  return given.length === 0 ? "" : `?${given.join("&")}`;
}

/** An example that points to what catches, and never outside. */
function exampleFor(operation: FuzzOperation, targets: Targets): JsonObject {
  const text = JSON.stringify(operation.body ?? {})
    .replaceAll(/https:\/\/hooks\.slack\.com[^"]*/g, targets.slackUrl)
    .replaceAll(/https:\/\/example\.com[^"]*/g, targets.webhookUrl);
  return JSON.parse(text) as JsonObject;
}

/** The request with this number: the same seed and number give the same request to the same targets. */
export function makeRequest(
  index: number,
  seed: number,
  operations: readonly FuzzOperation[],
  targets: Targets,
): FuzzRequest {
  const random = createRandom(seed * 1_000_003 + index);
  const operation = random.pick(operations);
  const method = random.chance(0.03) ? random.pick(wrongMethods) : operation.method;
  const isDangerous = method === "DELETE" && operation.method !== "DELETE";
  const path = isDangerous ? operation.path : pathFor(operation, targets, random);
  const target = path + queryFor(operation, random);
  const body =
    operation.body === null && random.chance(0.95)
      ? null
      : malformedBody(operation, exampleFor(operation, targets), random);

  const headers: [string, string][] = [["host", targets.host]];
  const isWrongToken = random.chance(0.03);
  if (!random.chance(0.01))
    headers.push(["authorization", isWrongToken ? oneLine(random.pick(tokens)) : `Bearer ${targets.token}`]);
  const type = random.chance(0.06) ? random.pick(contentTypes) : "application/json";
  if (body && type !== "") headers.push(["content-type", type]);
  if (body && random.chance(0.02))
    headers.push(["content-encoding", random.pick(["gzip", "br", "identity", "x"])]);
  if (random.chance(0.04))
    headers.push([
      "idempotency-key",
      random.chance(0.5) ? `key-${random.int(1, 8)}` : oneLine(random.pick(texts)),
    ]);
  if (random.chance(0.04)) headers.push(["last-event-id", oneLine(random.pick(texts))]);
  if (random.chance(0.04)) headers.push(["x-request-id", oneLine(random.pick(texts))]);
  if (random.chance(0.02))
    headers.push([
      random.pick([
        "cookie",
        "accept",
        "range",
        "if-none-match",
        "x-http-method-override",
        "x-forwarded-for",
        "origin",
        "expect",
      ]),
      oneLine(random.pick(texts)),
    ]);
  let isBroken = target.length > 7_000 || headers.some(([name]) => name === "expect");
  if (random.chance(0.004)) {
    headers.push(...Array.from({ length: 150 }, (_, n) => [`x-${n}`, "y"] as [string, string]));
    isBroken = true;
  }
  if (random.chance(0.004)) {
    headers.push(["x-long", "y".repeat(random.pick([8_000, 16_384, 70_000]))]);
    isBroken = true;
  }
  return { index, operation, method, target: latin(target), headers, body, isBroken };
}

/** The bytes of a request. */
export function bytesOf({ method, target, headers, body }: FuzzRequest): Buffer {
  const length: [string, string][] = body ? [["content-length", String(body.length)]] : [];
  const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body ?? Buffer.alloc(0)]);
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The same as a line for a shell. The token is left to a variable. */
export function curlOf({ method, target, headers, body }: FuzzRequest, targets: Targets): string {
  const shown = headers
    .filter(([name]) => name !== "host")
    .map(([name, value]) =>
      ` -H ${quote(`${name}: ${value}`.replace(targets.token, "$TOKEN"))}`.replace(
        /'(authorization: Bearer \$TOKEN)'/,
        '"$1"',
      ),
    );
  const url = quote(`http://${targets.host}${target}`);
  const line = `curl -i --path-as-is -g -X ${method}${shown.join("")}`;
  if (!body) return `${line} ${url}`;
  return `base64 -d <<<${body.toString("base64")} | ${line} --data-binary @- ${url}`;
}
