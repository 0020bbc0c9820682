import { createHmac, createPublicKey, verify as verifyWith } from "node:crypto";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";
import { afterEach, describe, expect, it, vi } from "vitest";
import { publicKeyOf } from "../../../src/channels/sign.js";
import { verifySignature } from "../../../src/channels/verify.js";
import { type Vector, vectors } from "../../vectors/signatures.js";

afterEach(() => void vi.useRealTimers());

const libraries = {
  standardwebhooks: ({ secret, body, headers }: Vector) =>
    new Standard(secret).verify(body, headers, { jsonParse: false }),
  svix: ({ secret, body, headers }: Vector) => new Svix(secret).verify(body, headers),
};

function accepts(verify: (vector: Vector) => unknown, vector: Vector): boolean {
  vi.useFakeTimers({ now: vector.at * 1_000, toFake: ["Date"] });
  try {
    verify(vector);
    return true;
  } catch {
    return false;
  }
}

/** Whether node:crypto alone finds a signature of this scheme in the header. */
function holds(scheme: string, { id, timestamp, signature, body, secret }: Vector): boolean {
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const key = Buffer.from(secret.replace(/^wh(sec|sk|pk)_/, ""), "base64");
  const given = signature.split(" ");
  if (scheme === "v1")
    return given.includes(`v1,${createHmac("sha256", key).update(content).digest("base64")}`);
  const point = secret.startsWith("whpk_") ? secret : publicKeyOf(secret);
  const x = Buffer.from(point.slice("whpk_".length), "base64").toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return given.some((one) => verifyWith(null, content, publicKey, Buffer.from(one.slice(4), "base64")));
}

describe("the table of signatures", () => {
  it("holds many of both kinds, each once", () => {
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    expect(vectors.filter(({ accepted }) => accepted !== null).length).toBeGreaterThan(25);
    expect(vectors.filter(({ accepted }) => accepted === null).length).toBeGreaterThan(50);
  });

  it.each(vectors)("$name: our verdict", (vector) => {
    const { body, secret, at } = vector;
    const verdict = verifySignature(vector, body, secret, { now: new Date(at * 1_000) });
    const told = verdict.ok
      ? { scheme: verdict.scheme, position: verdict.position, signatures: verdict.signatures }
      : { refused: verdict.code };
    expect(told).toEqual(vector.expect);
  });

  it.each(vectors.filter(({ accepted }) => accepted !== null))("$name: by node:crypto alone", (vector) => {
    expect(holds(vector.accepted ?? "", vector)).toBe(true);
  });

  describe.each(["standardwebhooks", "svix"] as const)("%s", (library) => {
    it.each(vectors)("$name: agrees, or differs as the table says", (vector) => {
      const ours = vector.accepted !== null;
      const differs = vector.differs?.[library] !== undefined;
      expect(accepts(libraries[library], vector)).toBe(differs ? !ours : ours);
    });
  });
});
