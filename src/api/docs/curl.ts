import type { JsonValue } from "../../domain/json.js";

/** A call of a route, with examples in the places of its parameters. */
export interface CurlOptions {
  /** With `{…}` where parameters go. */
  readonly url: string;
  readonly method: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly example: JsonValue | undefined;
  }[];
  readonly body: JsonValue | undefined;
  /** The variable with the token that it takes; null: none. */
  readonly token: "PIXIEHOOK_API_TOKEN" | "COMPANION_TOKEN" | null;
  /** Whether its answer has no end. */
  readonly isStream: boolean;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function address({ url, method, parameters }: CurlOptions): string {
  const filled = url.replace(/\{(\w+)\}/g, (_, name: string) => {
    const { example } = parameters.find((one) => one.name === name && one.in === "path") ?? {};
    return typeof example === "string" ? encodeURIComponent(example) : name.toUpperCase();
  });
  // A list is shown whole; elsewhere a query says what is special about the call.
  const query = parameters
    .filter((one) => one.in === "query" && one.example !== undefined && (one.required || method !== "get"))
    .map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`);
  return query.length === 0 ? filled : `${filled}?${query.join("&")}`;
}

/** A call as a line for a shell, to be pasted as it stands: the token is in a variable. */
export function curlFor(call: CurlOptions): string {
  const parts = [`curl ${call.isStream ? "-N " : ""}${quote(address(call))}`];
  if (call.method !== "get") parts.push(`-X ${call.method.toUpperCase()}`);
  if (call.token) parts.push(`-H "Authorization: Bearer $${call.token}"`);
  if (call.body !== undefined) {
    parts.push("-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(call.body, null, 2))}`);
  }
  return parts.join(" \\\n  ");
}
