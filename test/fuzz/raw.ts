import type { Random } from "../../src/simulator/random.js";
import type { Targets } from "./requests.js";

const body = '{"name":"x"}';

/** Bytes that are hardly HTTP: bad lines, two lengths at once, requests in requests, several at a time. */
export function rawRequest(random: Random, { host, token }: Targets): Buffer {
  const auth = `Host: ${host}\r\nAuthorization: Bearer ${token}\r\n`;
  const post = `POST /v1/subscriptions/preview HTTP/1.1\r\n${auth}Content-Type: application/json\r\n`;
  const get = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\n${auth}${more}\r\n`;
  const forms: (() => string)[] = [
    () => "",
    () => "\r\n\r\n\r\n",
    () => "GET\r\n\r\n",
    () => "GET /healthz\r\n\r\n",
    () => `GET  /healthz  HTTP/1.1\r\n${auth}\r\n`,
    () => `GET /healthz HTTP/9.9\r\n${auth}\r\n`,
    () => `GET /healthz HTTP/1.0\r\n\r\n`,
    () => "GET /healthz HTTP/1.1\r\n\r\n",
    () => `GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
    () =>
      `GET /healthz HTTP/1.1\r\nHost: ${random.pick(["", " ", "[", "a b", "x/y", "\u00ff", "127.0.0.1:99999", "a:b:c", "%", "@", "127.0.0.1#"])}\r\n\r\n`,
    () => `GET http://elsewhere.invalid/healthz HTTP/1.1\r\n${auth}\r\n`,
    () => `GET ftp://${host}/ HTTP/1.1\r\n${auth}\r\n`,
    () => `CONNECT 127.0.0.1:6379 HTTP/1.1\r\n${auth}\r\n`,
    () => `OPTIONS * HTTP/1.1\r\n${auth}\r\n`,
    () => get("/v1/accounts/\u0001"),
    () => get("/v1\\accounts"),
    () => get("//elsewhere.invalid/v1/accounts"),
    () => get("/v1/accounts?\u00e9=\u00ff"),
    () => get("/healthz", "X-A: a\u0000b\r\n"),
    () => get("/healthz", "X-A : a\r\n"),
    () => get("/healthz", " folded: a\r\n"),
    () => get("/healthz", "X-A: a\n\nGET /v1/accounts HTTP/1.1\r\n"),
    () => get("/healthz", "no colon\r\n"),
    () => get("/healthz", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n"),
    () =>
      get("/healthz", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"),
    () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    () => "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
    () => `${post}Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
    () => `${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${get("/v1/accounts")}`,
    () => `${post}Transfer-Encoding: xchunked\r\n\r\n${body}`,
    () => `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    () => `${post}Content-Length: 12\r\nContent-Length: 13\r\n\r\n${body}x`,
    () =>
      `${post}Content-Length: ${random.pick(["-1", "1e3", "0x10", "+12", "99999999999999999999", "12, 12", ""])}\r\n\r\n${body}`,
    () => `${post}Content-Length: 5000000\r\n\r\n${body}`,
    () => `${post}Content-Length: 3\r\n\r\n${body}`,
    () =>
      `${post}Transfer-Encoding: chunked\r\n\r\n${random.pick(["zz\r\n", "-1\r\n", "ffffffffffffffff\r\n", "c\r\n", "c;a=b\r\n"])}${body}\r\n0\r\n\r\n`,
    () => `${post}Transfer-Encoding: chunked\r\n\r\nc\r\n${body}\r\n0\r\nx-trailer: a\r\n\r\n`,
    () => `${post}Transfer-Encoding: chunked\r\n\r\n`,
    () => `${post}Expect: ${random.pick(["100-continue", "200-ok"])}\r\nContent-Length: 12\r\n\r\n${body}`,
    () => Array.from({ length: random.int(2, 40) }, () => get("/v1/event-types?limit=1")).join(""),
    () => `${get("/v1/accounts")}${post}Content-Length: 1\r\n\r\n{GARBAGE / HTTP/1.1\r\n\r\n`,
    () => get("/v1/events/stream"),
    () =>
      Buffer.from(Array.from({ length: random.int(1, 300) }, () => random.int(0, 255))).toString("latin1"),
  ];
  return Buffer.from(random.pick(forms)(), "latin1");
}
