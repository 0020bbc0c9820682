export const statuses = ["active", "expired", "challenged", "unverified"] as const;

/** What pixiehook says of the account, see docs/companion-protocol.md. */
export interface State {
  readonly account: { readonly id: string; readonly name: string };
  readonly session: {
    readonly status: (typeof statuses)[number];
    readonly reason: string | null;
    readonly epoch: number;
  };
  readonly readBy: "server" | "browser";
  readonly hosts: { readonly gallery: string; readonly studio: string };
  readonly signInUrl: string;
}

/** A page that pixiehook asks for. */
export interface Errand {
  readonly id: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly withinMs: number;
  readonly maxBodyBytes: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

/** Null: this is no state, so that what answered is no pixiehook. */
export function readState(value: unknown): State | null {
  const { account, session, readBy, hosts, signInUrl } = fieldsOf(value);
  const { id, name } = fieldsOf(account);
  const { status, reason, epoch } = fieldsOf(session);
  const { gallery, studio } = fieldsOf(hosts);
  const known = statuses.find((one) => one === status);
  if (typeof id !== "string" || typeof name !== "string") return null;
  if (known === undefined || typeof epoch !== "number") return null;
  if (typeof gallery !== "string" || typeof studio !== "string" || typeof signInUrl !== "string") return null;
  if (readBy !== "server" && readBy !== "browser") return null;
  return {
    account: { id, name },
    session: { status: known, reason: typeof reason === "string" ? reason : null, epoch },
    readBy,
    hosts: { gallery, studio },
    signInUrl,
  };
}

/** Null: there is none, or none that can be understood. */
export function readErrand(value: unknown): Errand | null {
  const { id, url, headers, withinMs, maxBodyBytes } = fieldsOf(value);
  if (typeof id !== "string" || typeof url !== "string") return null;
  if (typeof withinMs !== "number" || typeof maxBodyBytes !== "number") return null;
  const texts = Object.entries(fieldsOf(headers)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return { id, url, headers: Object.fromEntries(texts), withinMs, maxBodyBytes };
}
