import type { FuzzRequest } from "./requests.js";
import type { WireAnswer } from "./wire.js";

/** Statuses that HTTP itself answers with, below the API, when a request is broken. */
const belowApi = new Set([400, 408, 413, 414, 417, 431]);
const mostAnswerBytes = 65_536;
/** What zod, Node and Redis say of themselves. */
const innerWords =
  /Invalid input|Unrecognized key|Too (?:small|big)|expected \w+, received|ReplyError|WRONGTYPE|NOSCRIPT|ECONN|ENOENT|SyntaxError|TypeError|RangeError|\bat \S+ \(|node:internal|node_modules|file:\/\/\/work|\/dist\/src\/|\.[jt]s:\d+/;
const redisKey = /pixiehook:\{|\{pixiehook\}/;

export interface Secrets {
  /** Texts that no answer may hold. */
  readonly never: readonly string[];
}

/** What is wrong with text that anybody may see; null when nothing is. */
export function leakIn(text: string, { never }: Secrets): string | null {
  for (const secret of never) if (text.includes(secret)) return `it tells a secret: ${secret.slice(0, 8)}…`;
  if (redisKey.test(text)) return "it tells a key of Redis";
  return null;
}

function problemIn(request: FuzzRequest, answer: WireAnswer, codes: readonly string[] | null): string | null {
  const text = answer.body.toString();
  if (answer.headers["content-type"] !== "application/problem+json")
    return `it is no problem but ${answer.headers["content-type"]}`;
  const problem = JSON.parse(text) as Record<string, unknown>;
  if (typeof problem.code !== "string" || typeof problem.detail !== "string" || problem.detail === "")
    return "it has no code or no detail";
  if (codes && !codes.includes(problem.code)) return `the code ${problem.code} is not described`;
  if (problem.status !== answer.status) return "its status is another";
  if (problem.requestId !== answer.headers["x-request-id"]) return "its request id is another";
  if (problem.code !== "invalid_request") return null;
  const { errors } = problem;
  if (!Array.isArray(errors) || errors.length === 0) return "it names no field";
  const isNamed = ({ path, message }: Record<string, unknown>) =>
    typeof path === "string" && path !== "" && typeof message === "string" && message !== "";
  if (!errors.every(isNamed)) return "a field has no path or no message";
  // What was sent may stand in an answer: what is looked for is what nobody sent.
  const inner = innerWords.exec(errors.map(({ message }) => message).join("\n"))?.[0];
  const sent = `${request.target} ${request.body?.toString() ?? ""}`;
  return inner !== undefined && !sent.includes(inner) ? `it speaks of its inside: ${inner}` : null;
}

/** What is wrong with the answer to a request; null when nothing is. */
export function judge(request: FuzzRequest, answer: WireAnswer, secrets: Secrets): string | null {
  const { operation, method, target, isBroken } = request;
  const { status, headers, body } = answer;
  if (status >= 500) return `status ${status}`;
  const text = body.toString();
  const leak = leakIn(`${JSON.stringify(headers)}\n${text}`, secrets);
  if (leak) return leak;
  const isBelow = isBroken && belowApi.has(status) && headers["x-request-id"] === undefined;
  if (isBelow) return body.length < 200 ? null : "an answer from below the API is long";
  if (headers["x-request-id"] === undefined) return `status ${status} without a request id`;
  if (headers["x-content-type-options"] !== "nosniff") return "no security headers";
  if (status >= 400 && body.length > mostAnswerBytes) return `an error of ${body.length} bytes`;
  if (method === "HEAD") return null;
  const isUnrouted = status === 404 || status === 405;
  const described = method === operation.method ? operation.answers.get(status) : undefined;
  if (described && described.codes.length === 0) {
    const type = (headers["content-type"] ?? "").split(";")[0] ?? "";
    return described.types.length === 0 || described.types.includes(type)
      ? null
      : `the type ${type} is not described`;
  }
  // Outside of /v1 the dashboard answers what no route takes: it asks people to sign in.
  if (!/^\/v1(\/|$)/.test(new URL(`http://x${target}`).pathname) && !described) return null;
  if (status < 400) {
    // A nonsensical id or method can name another route that exists.
    const isOther =
      method !== operation.method ||
      new URL(`http://x${target}`).pathname.split("/").length !== operation.path.split("/").length;
    return described || isOther || /\/(stream|preview|docs|openapi)/.test(target)
      ? null
      : `status ${status} is not described`;
  }
  if (!described && !isUnrouted && method === operation.method && !operation.path.includes("{"))
    return `status ${status} is not described`;
  return problemIn(request, answer, isUnrouted || !described ? null : described.codes);
}
