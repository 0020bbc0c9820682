import { isJsonObject, type JsonObject, type JsonValue } from "../domain/json.js";
import type { UpstreamFailure } from "../domain/upstream.js";
import { looksTruncated, parseJson, unwrapJson } from "./json.js";
import { rateLimitMs, retryAfterMs } from "./limits.js";
import { quoted } from "./quote.js";

/** A good answer. */
export interface GoodAnswer {
  readonly kind: "ok";
  readonly body: JsonValue;
}

/** `isPage`: a web page came with 200, which is most often the login page, but can be anything. */
export type Refused = UpstreamFailure & { readonly isPage?: boolean };

interface RawAnswer {
  /** Who answered, as a person calls it. */
  readonly from: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const challengePage =
  /cf-chl|challenge-platform|_cf_chl|cf-turnstile|turnstile|captcha|just a moment|checking your browser|attention required|verify(ing)? (that )?you are (a )?human|are you (a )?(human|robot)|you have been blocked|enable javascript and cookies/i;
const loginPath = /log-?_?in|sign-?_?in|\/auth|oauth|sso|session|account/i;
const notLoggedIn =
  /unauthori[sz]ed|unauthenticated|not (logged|signed) in|session (has )?(expired|timed out)|(log|sign) ?in (again|first|required)|(please|must) (log|sign) ?in|csrf|token mismatch/i;
const botCheck = /captcha|challenge|bot (check|detect)|are you (a )?(human|robot)/i;
const tooMany = /rate.?limit|too many|throttl|slow down/i;
const notAllowed = /forbidden|permission|not allowed|upgrade|your plan|access denied/i;

function isHtml({ headers, body }: RawAnswer): boolean {
  const start = body.trimStart().slice(0, 200);
  return (
    /^<(!doctype|html|head|body|!--|\?xml|script|div|meta|title)/i.test(start) ||
    /html/i.test(headers["content-type"] ?? "")
  );
}

function parsed(body: string): JsonValue | undefined {
  try {
    return unwrapJson(parseJson(body));
  } catch {
    return undefined;
  }
}

/** The words of an error body, for judging by: code, message, error, whatever depth one. */
function errorWords(body: JsonValue | undefined): string {
  if (!isJsonObject(body)) return "";
  const nested = [body.error, body.errors, body.meta].filter((value) => value !== undefined);
  const parts = [body, ...nested.flat()].flatMap((value) =>
    isJsonObject(value)
      ? [value.code, value.message, value.error, value.title, value.detail, value.type]
      : [value],
  );
  const words = new Set(parts.filter((part) => typeof part === "string"));
  return [...words].join(" ").slice(0, 2_000);
}

const filled = (value: JsonValue | undefined): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : isJsonObject(value)
      ? Object.keys(value).length > 0
      : value !== undefined && value !== null && value !== false && value !== 0 && value !== "";

/** Whether a body that came with 200 says that it is an error: then it is never read as a list. */
function saysError(body: JsonObject): boolean {
  const { success, ok, status } = body;
  if (filled(body.error) || filled(body.errors)) return true;
  if (success === false || success === 0 || success === "false" || ok === false || status === false)
    return true;
  return typeof status === "string" && /^(error|fail|failure|unauthori[sz]ed)$/i.test(status);
}

function statusInside(body: JsonObject): number | null {
  const error = isJsonObject(body.error) ? body.error : {};
  const codes = [error.code, error.status, body.status_code, body.statusCode, body.code, body.status];
  const code = codes.map(Number).find((number) => Number.isInteger(number) && number >= 400 && number < 600);
  return code ?? null;
}

function byWords(words: string, prefix: string): UpstreamFailure {
  const reason = `${prefix}${quoted(words)}`;
  if (botCheck.test(words)) return { kind: "challenged", reason };
  if (notLoggedIn.test(words)) return { kind: "expired", reason };
  if (tooMany.test(words)) return { kind: "rate_limited", reason, afterMs: null };
  if (notAllowed.test(words)) return { kind: "forbidden", reason };
  return { kind: "shape_changed", reason };
}

function redirect({ from, status, headers }: RawAnswer): UpstreamFailure {
  const location = headers.location ?? "";
  const path = location.replace(/[?#].*$/, "").slice(0, 200);
  if (/challenge|captcha/i.test(path)) {
    return { kind: "challenged", reason: `${from} answered ${status} to a bot challenge` };
  }
  const elsewhere = /^https?:\/\/[^/]+\/?$|^\/?$/.test(path);
  if (loginPath.test(path) || (elsewhere && status !== 301 && status !== 308)) {
    return { kind: "expired", reason: `${from} answered ${status} to its login page` };
  }
  return {
    kind: "shape_changed",
    reason: `${from} answered ${status} to another address, which is not followed`,
  };
}

/** An answer that is no success: what its status means, with a look at the body where that decides. */
function refused(answer: RawAnswer, now: number): UpstreamFailure {
  const { from, status, headers, body } = answer;
  const html = isHtml(answer);
  const json = html ? undefined : parsed(body.replace(/^\uFEFF/, ""));
  const words = errorWords(json);
  const said = `${from} answered ${status}${quoted(words)}`;
  const challenge = {
    kind: "challenged",
    reason: `${from} answered ${status} with a bot challenge`,
  } as const;
  const waits = retryAfterMs(headers, now) ?? rateLimitMs(headers, now);
  if (status >= 300 && status < 400) return redirect(answer);
  if (html && (status === 403 || status === 503) && challengePage.test(body)) return challenge;
  if (status === 401 || status === 419) return { kind: "expired", reason: said };
  if (status === 403) {
    // The API speaks JSON: a page with scripts comes from the guard in front of it.
    if (html && /<(script|iframe)/i.test(body)) return challenge;
    if (botCheck.test(words)) return challenge;
    return notLoggedIn.test(words.replace(/unauthori[sz]ed/gi, ""))
      ? { kind: "expired", reason: said }
      : { kind: "forbidden", reason: said };
  }
  if (status === 402 || status === 451) return { kind: "forbidden", reason: said };
  if (status === 404 || status === 410) return { kind: "gone", reason: said };
  if (status === 429) return { kind: "rate_limited", reason: said, afterMs: waits };
  if (status === 408 || status === 425 || status >= 500)
    return { kind: "transient", reason: said, afterMs: waits };
  return { kind: "rejected", reason: said };
}

function unparsed(answer: RawAnswer, text: string): Refused {
  const { from } = answer;
  if (text.trim() === "") return { kind: "shape_changed", reason: `${from} answered with an empty body` };
  if (/^\s*[[{]/.test(text)) {
    return looksTruncated(text)
      ? { kind: "transient", reason: `The answer of ${from} is cut off`, afterMs: null }
      : { kind: "shape_changed", reason: `The answer of ${from} is not JSON` };
  }
  if (!isHtml(answer)) return { kind: "shape_changed", reason: `The answer of ${from} is not JSON` };
  // A login page may carry a captcha of its own: only the marks of an interstitial make it a challenge.
  return challengePage.test(text) && !/type=["']?password/i.test(text)
    ? { kind: "challenged", reason: `${from} answered with a bot challenge` }
    : {
        kind: "expired",
        reason: `${from} answered with a page where data was expected: its login page`,
        isPage: true,
      };
}

/**
 * Whether an answer has the status that it should, and its headers say nothing against it: then the same bytes, or
 * none with 304, mean the same again.
 */
export function isPlain(
  { status, headers }: Pick<RawAnswer, "status" | "headers">,
  wanted: 200 | 304 = 200,
): boolean {
  return status === wanted && !/challenge/i.test(headers["cf-mitigated"] ?? "");
}

/**
 * What an answer means. Only a body that parsed and does not call itself an error is `ok`; whether it holds a
 * list is for `pages` to say. `now` in milliseconds, for headers that give dates.
 */
export function classify(answer: RawAnswer, now: number): GoodAnswer | Refused {
  const { from, status, headers } = answer;
  if (/challenge/i.test(headers["cf-mitigated"] ?? "")) {
    return { kind: "challenged", reason: `${from} answered ${status} with a bot challenge` };
  }
  if (status === 206)
    return { kind: "transient", reason: `${from} answered with a part only`, afterMs: null };
  if (status === 304) {
    const reason = `${from} answered that nothing was modified, where nobody asked for that`;
    return { kind: "transient", reason, afterMs: null };
  }
  if (status < 200 || status >= 300) return refused(answer, now);
  const text = answer.body.replace(/^\uFEFF/, "");
  const body = parsed(text);
  if (body === undefined || (typeof body !== "object" && isHtml(answer))) return unparsed(answer, text);
  if (isJsonObject(body)) {
    const inside = saysError(body) ? statusInside(body) : null;
    if (inside) return refused({ ...answer, status: inside }, now);
    const words = errorWords(body);
    if (saysError(body)) return byWords(words, `${from} answered ${status} with an error`);
    const onlyMessage = Object.keys(body).every((key) => /^(message|code|status)$/i.test(key));
    const judged = byWords(words, `${from} answered ${status} with a message only`);
    if (onlyMessage && judged.kind !== "shape_changed") return judged;
  }
  return { kind: "ok", body };
}
