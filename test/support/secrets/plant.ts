import type { JsonObject, JsonValue } from "../../../src/domain/json.js";
import type { Markers } from "./markers.js";

/** Names that say that a field is a secret, as upstreams spell them. */
export const secretNames = [
  "password",
  "private_password",
  "download_pin",
  "downloadPin",
  "gallery_password",
  "galleryPassword",
  "pin",
  "pin_code",
  "access_code",
  "accessToken",
  "access_token",
  "api_key",
  "token",
  "secret",
  "client_secret",
  "csrf_token",
  "session_id",
  "cookie",
  "cookies",
  "authorization",
  "signature",
  "passcode",
] as const;

const addressNames = ["url", "src", "thumb", "download_url", "avatar", "link", "share_url", "cover_url"];

/** How a signed URL, or other secrets, come into a field that is plain text otherwise. */
export const disguises = ["address", "hostless", "path", "prose", "json", "cut json", "query"] as const;
export type Disguise = (typeof disguises)[number];

/** Plants secrets into everything that an upstream answers with. */
export interface Planter {
  /** An URL whose path stays while all that is secret about it rotates. */
  signedUrl(place: string, origin?: string): string;
  /** Text in the place of `word`, which stays readable in it. */
  disguise(as: Disguise, word: string, place: string): string;
  /** The value with secrets in every object, at every depth. */
  plantInto(value: JsonValue, place: string): JsonValue;
}

export function createPlanter({ plant }: Markers): Planter {
  const signedUrl: Planter["signedUrl"] = (place, origin = "https://") => {
    const at = (part: string) => plant(`${place}: ${part}`);
    const query = `X-Amz-Signature=${at("signature")}&token=${at("token")}&Expires=1790000000`;
    const who = origin.endsWith("//") ? `user:${at("password")}@cdn.example.com` : "";
    return `${origin}${who}/p/${place.replace(/[^a-z0-9]+/gi, "-")}.jpg?${query}#${at("fragment")}`;
  };
  const secretsAt = (place: string): JsonObject =>
    Object.fromEntries(secretNames.map((name) => [name, plant(`${place}.${name}`)]));

  const disguise: Planter["disguise"] = (as, word, place) => {
    const at = `${place} as ${as}`;
    switch (as) {
      case "address":
        return signedUrl(at);
      case "hostless":
        return signedUrl(at, "//");
      case "path":
        return signedUrl(at, "");
      case "prose":
        return `${word}: see (${signedUrl(at)}) or ${signedUrl(`${at} again`, "HTTPS://")}`;
      case "json":
        return JSON.stringify({
          label: word,
          inside: [{ ...secretsAt(at), more: signedUrl(`${at} inside`) }],
        });
      case "cut json":
        return JSON.stringify({ label: word, ...secretsAt(at), more: signedUrl(`${at} inside`) }).slice(
          0,
          -3,
        );
      case "query":
        return `?Signature=${plant(`${at}: signature`)}&Expires=1790000000`;
    }
  };

  const plantInto: Planter["plantInto"] = (value, place) => {
    if (Array.isArray(value)) return value.map((each, index) => plantInto(each, `${place}[${index}]`));
    if (typeof value !== "object" || value === null) return value;
    const own = Object.entries(value).map(([name, member]) => [name, plantInto(member, `${place}.${name}`)]);
    const addresses = addressNames.map((name) => [name, signedUrl(`${place}.${name}`)]);
    const deep = { settings: { ...secretsAt(`${place}.settings`), list: [secretsAt(`${place}.list`)] } };
    return {
      ...secretsAt(place),
      ...Object.fromEntries(addresses),
      extra: JSON.stringify(secretsAt(`${place}.extra`)),
      ...deep,
      tokens: [plant(`${place}.tokens`)],
      ...Object.fromEntries(own),
    };
  };
  return { signedUrl, disguise, plantInto };
}
