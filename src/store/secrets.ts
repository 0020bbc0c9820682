import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/** Seals and opens secrets. `purpose` names what is sealed and for whom; it must be the same for both. */
export interface Vault {
  seal(plain: string, purpose: string): string;
  /** Throws when the text was altered, or sealed with a key that is not there any more. */
  open(sealed: string, purpose: string): string;
  /** The same secret under the first key; null when it is that already. Throws as `open` does. */
  renew(sealed: string, purpose: string): string | null;
}

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

function keyOf(bytes: Buffer): Key {
  return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 8), bytes };
}

/**
 * AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D). The purpose is authenticated, so that a sealed text
 * cannot be moved to another place. The first key seals, all open: add a new one in front to rotate.
 */
export function createVault(keys: readonly Buffer[]): Vault {
  const ring = keys.map(keyOf);
  const [first] = ring;
  if (!first) throw new Error("a vault needs a key");
  const vault: Vault = {
    seal(plain, purpose) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", first.bytes, nonce).setAAD(Buffer.from(purpose));
      const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return ["s1", first.id, Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64url")].join(
        ".",
      );
    },
    open(sealed, purpose) {
      const [version, id, body = ""] = sealed.split(".");
      const key = ring.find((candidate) => candidate.id === id);
      if (version !== "s1" || !key) {
        throw new Error(
          "a stored secret was sealed with a key that PIXIEHOOK_SECRET_KEY does not list any more",
        );
      }
      const bytes = Buffer.from(body, "base64url");
      if (bytes.toString("base64url") !== body) throw new Error("a sealed text was altered");
      const decipher = createDecipheriv("aes-256-gcm", key.bytes, bytes.subarray(0, 12)).setAAD(
        Buffer.from(purpose),
      );
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
    },
    renew(sealed, purpose) {
      const plain = vault.open(sealed, purpose);
      return sealed.split(".")[1] === first.id ? null : vault.seal(plain, purpose);
    },
  };
  return vault;
}
