import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { parseNetworks } from "../../../src/channels/addresses.js";
import type { Resolve } from "../../../src/channels/guard.js";
import { createHttp } from "../../../src/channels/http.js";
import { startHttp, startTcp } from "../../contract/channels/receivers.js";
import { selfSigned } from "./certificate.js";

const never = new AbortController().signal;
const allowed = parseNetworks(["127.0.0.0/8", "::1"]);
const deadlineMs = 300;
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const entry of open.splice(0).reverse()) await entry.close();
});

/** A table of names: to addresses, to an error, or to nothing ever. */
const naming =
  (table: Record<string, readonly string[] | string | null>): Resolve =>
  async (name) => {
    const found = table[name] ?? null;
    if (found === null) return new Promise(() => {});
    if (typeof found === "string") throw Object.assign(new Error(`secret ${name}`), { code: found });
    return found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  };

async function postTo(url: string, resolve: Resolve, ca?: string, ms = 3_000) {
  const http = createHttp({ allowed, deadlineMs: ms, resolve, ...(ca ? { ca } : {}) });
  open.push(http);
  const began = Date.now();
  const outcome = await http.post({ url, headers: {}, body: "{}" }, never);
  return { outcome, ms: Date.now() - began };
}

async function startTls(certificate: { key: string; cert: string }, options = {}) {
  const server = createTlsServer({ ...certificate, ...options }, (_request, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return (server.address() as AddressInfo).port;
}

const here = naming({ "hook.example": ["127.0.0.1"], "other.example": ["127.0.0.1"] });

describe("TLS", () => {
  const good = selfSigned("hook.example");
  const old = selfSigned("hook.example", Date.now() - 3_600_000);

  it("says what is wrong with a certificate", async () => {
    const port = await startTls(good);
    const oldPort = await startTls(old);
    const reasonOf = async (host: string, at: number, ca?: string) =>
      (await postTo(`https://${host}:${at}/?token=s3cret`, here, ca)).outcome;
    expect(await reasonOf("hook.example", port)).toMatchObject({
      reason: "TLS failed: the certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)",
    });
    expect(await reasonOf("other.example", port, good.cert)).toMatchObject({
      reason: "TLS failed: the certificate is for another name (ERR_TLS_CERT_ALTNAME_INVALID)",
    });
    expect(await reasonOf("hook.example", oldPort, old.cert)).toMatchObject({
      reason: "TLS failed: the certificate has expired (CERT_HAS_EXPIRED)",
    });
  });

  it("says that a receiver speaks no TLS, or another protocol within it", async () => {
    const plain = await startHttp((_request, response) => response.end("ok"));
    open.push(plain);
    const url = (port: number) => `https://hook.example:${port}/`;
    expect((await postTo(url(plain.port), here)).outcome).toMatchObject({
      reason: expect.stringMatching(/^TLS failed: the answer is not TLS/),
    });
    const h2 = await startTls(good, { ALPNProtocols: ["h2"] });
    expect((await postTo(url(h2), here, good.cert)).outcome).toMatchObject({
      reason: expect.stringMatching(/^TLS failed: the receiver does not speak HTTP\/1.1/),
    });
  });

  it("ends a handshake that never does, and its socket with it", async () => {
    const server = await startTcp(() => {});
    open.push(server);
    const { outcome, ms } = await postTo(`https://hook.example:${server.port}/`, here, undefined, deadlineMs);
    expect(outcome).toEqual({ kind: "error", reason: "no complete answer within 0.3 s" });
    expect(ms).toBeLessThan(deadlineMs + 300);
    await expect.poll(server.openSockets, { timeout: 400 }).toBe(0);
  });
});

describe("names", () => {
  it.each([
    ["gone.example", "the name does not resolve"],
    ["busy.example", "the name does not resolve at the moment"],
    ["empty.example", "the name does not resolve"],
    ["slow.example", "no complete answer within 0.3 s"],
    ["odd.example", "the request failed: ERR_INVALID_IP_ADDRESS"],
  ])("%s is an error in time, in its own words", async (name, reason) => {
    const table = {
      "gone.example": "ENOTFOUND",
      "busy.example": "EAI_AGAIN",
      "empty.example": [],
      "slow.example": null,
    };
    const { outcome, ms } = await postTo(
      `http://${name}/?token=s3cret`,
      naming({ ...table, "odd.example": "ERR_INVALID_IP_ADDRESS" }),
      undefined,
      name === "slow.example" ? deadlineMs : 3_000,
    );
    expect(outcome).toEqual({ kind: "error", reason });
    expect(ms).toBeLessThan(deadlineMs + 300);
  });

  it("with an address that does not answer reach the other one", async () => {
    const server = await startHttp((_request, response) => response.end("ok"));
    open.push(server);
    const { outcome } = await postTo(
      `http://two.example:${server.port}/`,
      naming({ "two.example": ["::1", "127.0.0.1"] }),
    );
    expect(outcome).toMatchObject({ kind: "answered", body: "ok" });
  });

  it.each([
    [["8.8.8.8", "10.0.0.1"], "10.0.0.1, a private address"],
    [["10.0.0.1"], "10.0.0.1, a private address"],
    [["8.8.8.8", "::ffff:10.0.0.1"], "::ffff:10.0.0.1, an IPv4-mapped address"],
    [["64:ff9b::a00:1"], "64:ff9b::a00:1, a NAT64 address"],
    [["fe80::1%lo"], "fe80::1%lo, a link-local address"],
    [["169.254.169.254"], "169.254.169.254, a link-local address"],
    [["nonsense"], "nonsense, not an address"],
  ])("that lead to %j are refused at the connect", async (addresses, why) => {
    const { outcome } = await postTo(
      "https://1.1.1.1.nip.example/",
      naming({ "1.1.1.1.nip.example": addresses }),
    );
    expect(outcome).toEqual({ kind: "refused", reason: `1.1.1.1.nip.example resolves to ${why}` });
  });
});
