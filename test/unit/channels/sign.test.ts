import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import {
  createSecret,
  publicKeyOf,
  rememberPrivateKeys,
  signatureHeader,
} from "../../../src/channels/sign.js";
import { verifySignature } from "../../../src/channels/verify.js";
import { rotateSecrets, type SigningSecrets } from "../../../src/domain/subscription.js";

const vector = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  signed: { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: '{"test": 2432232314}' },
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
const at = new Date(vector.signed.timestamp * 1_000);
const secrets = (current: string, ...previous: { secret: string; until: string }[]) => ({
  current,
  previous,
});
const headersOf = (signature: string) => ({
  id: vector.signed.id,
  timestamp: String(vector.signed.timestamp),
  signature,
});
const check = (signature: string, secret: string, body = vector.signed.body, now = at) =>
  verifySignature(headersOf(signature), Buffer.from(body), secret, { now });

describe("v1", () => {
  it("gives the published vector", () => {
    const options = { asymmetric: false, at };
    expect(signatureHeader(vector.signed, secrets(vector.secret), options)).toBe(vector.signature);
    expect(check(vector.signature, vector.secret)).toEqual({
      ok: true,
      timestamp: vector.signed.timestamp,
      age: 0,
      scheme: "v1",
      position: 1,
      signatures: 1,
    });
  });

  it("agrees with the standardwebhooks package, both ways", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const secret = createSecret();
        const body = JSON.stringify({ text });
        const now = new Date();
        const signed = { id: "evt_1", timestamp: Math.floor(now.getTime() / 1_000), body };
        const ours = signatureHeader(signed, secrets(secret), { asymmetric: false, at: now });
        const theirs = new Webhook(secret);
        const headers = {
          "webhook-id": signed.id,
          "webhook-timestamp": String(signed.timestamp),
          "webhook-signature": ours,
        };
        expect(theirs.verify(body, headers)).toEqual({ text });
        expect(theirs.sign(signed.id, now, body)).toBe(ours);
        const received = { id: signed.id, timestamp: String(signed.timestamp), signature: ours };
        expect(verifySignature(received, Buffer.from(body), secret)).toMatchObject({ ok: true });
      }),
      { numRuns: 50 },
    );
  });

  it("signs with both secrets while the previous one is valid, the current first", () => {
    const [current, previous] = [createSecret(), createSecret()];
    const until = new Date(at.getTime() + 1).toISOString();
    const both = signatureHeader(vector.signed, secrets(current, { secret: previous, until }), {
      asymmetric: false,
      at,
    });
    const [first, second] = both.split(" ");
    expect(check(first ?? "", current).ok).toBe(true);
    expect(check(second ?? "", previous).ok).toBe(true);
    expect(check(both, previous).ok).toBe(true);
    const over = { secret: previous, until: at.toISOString() };
    const one = signatureHeader(vector.signed, secrets(current, over), { asymmetric: false, at });
    expect(one.split(" ")).toHaveLength(1);
  });
});

describe("rotateSecrets", () => {
  const now = at.getTime();
  const iso = (seconds: number) => new Date(now + seconds * 1_000).toISOString();
  const rotate = (from: SigningSecrets, secret: string, seconds: number) =>
    rotateSecrets(from, secret, { now, until: iso(seconds) });

  it("keeps what was replaced earlier for as long as it was given", () => {
    const twice = rotate(rotate(secrets("a"), "b", 60), "c", 3_600);
    expect(twice).toEqual(secrets("c", { secret: "b", until: iso(3_600) }, { secret: "a", until: iso(60) }));
  });

  it("lets nothing sign beyond the grace that was asked for last", () => {
    expect(rotate(rotate(secrets("a"), "b", 3_600), "c", 60)).toEqual(
      secrets("c", { secret: "b", until: iso(60) }, { secret: "a", until: iso(60) }),
    );
    expect(rotate(rotate(secrets("a"), "b", 3_600), "c", 0)).toEqual(secrets("c"));
  });

  it("forgets what is over, and the oldest of more than five", () => {
    expect(rotate(secrets("b", { secret: "a", until: iso(0) }), "c", 60).previous).toHaveLength(1);
    let many: SigningSecrets = secrets("0");
    for (const secret of "123456789") many = rotate(many, secret, 60);
    expect([many.current, ...many.previous.map(({ secret }) => secret)]).toEqual([..."98765"]);
  });
});

describe("v1a", () => {
  it("is ed25519 with the secret as seed, and the public key is enough to check it", () => {
    // RFC 8032, 7.1, test 1.
    const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
    const secret = `whsec_${seed.toString("base64")}`;
    const point = Buffer.from("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex");
    expect(publicKeyOf(secret)).toBe(`whpk_${point.toString("base64")}`);
    const header = signatureHeader(vector.signed, secrets(secret), { asymmetric: true, at });
    expect(header).toMatch(/^v1a,/);
    expect(check(header, publicKeyOf(secret)).ok).toBe(true);
    expect(check(header, secret).ok).toBe(true);
    expect(check(header, publicKeyOf(createSecret())).ok).toBe(false);
    expect(check(header, publicKeyOf(secret), "{}").ok).toBe(false);
  });

  it("signs with a remembered key as with one that was just read, and mixes none up", () => {
    const [one, other] = [createSecret(), createSecret()];
    const keys = rememberPrivateKeys();
    expect(keys(one)).toBe(keys(one));
    const options = { asymmetric: true, at };
    for (const secret of [one, other, one, other]) {
      const header = signatureHeader(vector.signed, secrets(secret), options, keys);
      expect(header).toBe(signatureHeader(vector.signed, secrets(secret), options));
      expect(check(header, publicKeyOf(secret)).ok).toBe(true);
    }
  });

  it("refuses a secret that is too short for a seed", () => {
    expect(() => publicKeyOf(vector.secret)).toThrow(/32 bytes/);
    expect(() => rememberPrivateKeys()(vector.secret)).toThrow(/32 bytes/);
  });
});

describe("verifySignature", () => {
  it.each([
    ["another body", () => check(vector.signature, vector.secret, "{}")],
    ["another secret", () => check(vector.signature, createSecret())],
    ["a cut signature", () => check(vector.signature.slice(0, -4), vector.secret)],
    ["no signature", () => check("", vector.secret)],
    ["another version", () => check(vector.signature.replace("v1,", "v2,"), vector.secret)],
    ["garbage", () => check("v1 , v1a, v1a,AAAA v1,%%% ,", vector.secret)],
    ["garbage for a public key", () => check("v1a,AAAA v1a,", publicKeyOf(createSecret()))],
    [
      "five minutes and a second later",
      () => check(vector.signature, vector.secret, undefined, new Date(+at + 301_000)),
    ],
    [
      "five minutes and a second early",
      () => check(vector.signature, vector.secret, undefined, new Date(+at - 301_000)),
    ],
  ])("refuses %s", (_name, run) => expect(run()).toMatchObject({ ok: false, reason: expect.any(String) }));

  it("refuses a timestamp that is no number, and accepts five minutes either way", () => {
    const headers = { ...headersOf(vector.signature), timestamp: "1614265330.5" };
    expect(verifySignature(headers, Buffer.from(vector.signed.body), vector.secret, { now: at }).ok).toBe(
      false,
    );
    for (const shift of [-300_000, 300_000]) {
      const now = new Date(at.getTime() + shift);
      expect(check(vector.signature, vector.secret, vector.signed.body, now).ok).toBe(true);
    }
  });

  it("makes secrets of 32 bytes", () => {
    expect(Buffer.from(createSecret().slice("whsec_".length), "base64")).toHaveLength(32);
    expect(createSecret()).not.toBe(createSecret());
  });
});
