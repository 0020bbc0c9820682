import { readKey } from "../../channels/sign.js";
import type { ReceivedHeaders, Verdict } from "../../channels/verify.js";
import type { Received } from "./received.js";

interface Facts {
  readonly received: Received;
  readonly secret: string;
  /** What is known to have been done to the body. */
  readonly cause: string | null;
  readonly rules: { readonly now: Date; readonly toleranceSeconds: number };
}

export interface Explained {
  readonly sentence: string;
  readonly remedy: string | null;
}

/** A verdict in a sentence, and in a second one what to do. Holds nothing of the secret. */
export function explainVerdict(verdict: Verdict, facts: Facts): Explained {
  if (verdict.ok) return explainMatch(verdict, facts.received);
  const { sentence, remedy } = explainRefusal(verdict, facts);
  return { sentence: `Not valid: ${sentence}`, remedy };
}

function explainMatch(
  { scheme, position, signatures, age }: Extract<Verdict, { ok: true }>,
  { surplus }: Received,
): Explained {
  const sent = age < 0 ? `dated ${span(-age)} ahead` : `sent ${span(age)} ago`;
  const which =
    signatures === 1
      ? `its ${scheme} signature matches`
      : `${scheme} signature ${position} of ${signatures} matches, ${position === 1 ? "that of the current secret" : "that of a secret that was replaced"}`;
  const remedy = [
    position > 1 ? "Take the new secret into use: this one stops signing when its grace ends." : "",
    surplus > 0 ? `${bytes(surplus)} behind the end of the body were left out.` : "",
  ].filter((text) => text !== "");
  return { sentence: `Valid: ${which}, ${sent}.`, remedy: remedy.length === 0 ? null : remedy.join(" ") };
}

function explainRefusal(
  { code, age }: Extract<Verdict, { ok: false }>,
  { received: { headers }, secret, cause, rules }: Facts,
): Explained {
  const tolerance = span(rules.toleranceSeconds);
  switch (code) {
    case "secret_malformed":
      return {
        sentence: "the secret cannot be read.",
        remedy:
          "It is whsec_ (or whpk_ for a public key) and base64: copy it whole, with its = at the end and without quotes.",
      };
    case "header_missing":
      return {
        sentence: `${missingOf(headers).join(" and ")} missing.`,
        remedy:
          "Without the three webhook-* headers nothing can be checked: see that no proxy or framework drops them.",
      };
    case "timestamp_malformed":
      return {
        sentence: "webhook-timestamp is not a whole number of seconds.",
        remedy: "It must come as it was sent: Unix seconds, digits only.",
      };
    case "timestamp_too_old":
      return {
        sentence: `it was sent ${span(age ?? 0)} ago, more than the ${tolerance} that are allowed.`,
        remedy: "To look at an old one, say when it came (--at) or allow more (--tolerance 30d).",
      };
    case "timestamp_in_future":
      return {
        sentence: `it is dated ${span(-(age ?? 0))} ahead, more than the ${tolerance} that are allowed.`,
        remedy: "Set the clock of this machine, or of the sender, right.",
      };
    case "no_signature":
      return {
        sentence: "webhook-signature holds no signature of a known version.",
        remedy: "Each is v1 or v1a, a comma and base64; several are parted by one space.",
      };
    case "wrong_key":
      return wrongKey(secret);
    case "no_match":
      return {
        sentence: cause === null ? "no signature matches." : `the body was changed: ${cause}.`,
        remedy:
          cause === null
            ? "Either the secret is another subscription's or was replaced, or the body or an id was changed: use the raw bytes that came, not text or JSON made from them, without an added line break."
            : "Verify the raw bytes that came, before anything reads them as text or JSON.",
      };
  }
}

function wrongKey(secret: string): Explained {
  const key = readKey(secret);
  if (key?.kind === "whsec")
    return {
      sentence: "the signature is v1a (ed25519), and this secret is too short for it.",
      remedy: "Give the subscription's publicKey, whpk_….",
    };
  return {
    sentence: `the signature is v1 (HMAC), which ${key?.kind}_… does not check.`,
    remedy: "Give the signing secret, whsec_…; a public key is for subscriptions with asymmetric: true.",
  };
}

function missingOf(headers: ReceivedHeaders): string[] {
  const names = (["id", "timestamp", "signature"] as const).filter((name) => headers[name] === "");
  const all = names.map((name) => `webhook-${name}`);
  return all.length === 1 ? [`${all[0]} is`] : [...all.slice(0, -1), `${all.at(-1)} are`];
}

function bytes(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}

const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** `12 s`, `5 min 1 s`, `2 d 3 h`: the two largest units that count. */
function span(seconds: number): string {
  let rest = Math.floor(seconds);
  const parts = units.map(([name, length]) => {
    const many = Math.floor(rest / length);
    rest -= many * length;
    return { name, many };
  });
  const first = parts.findIndex(({ many }) => many > 0);
  if (first === -1) return "0 s";
  const told = parts.slice(first, first + 2).filter(({ many }) => many > 0);
  return told.map(({ name, many }) => `${many} ${name}`).join(" ");
}
