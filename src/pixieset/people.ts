import type { ClientReference } from "../domain/record.js";
import type { Row } from "./fields.js";
import { looksLikeFile } from "./media.js";

const emailPattern = /^[^\s@<>]+@[^\s@<>]+$/;
const asEmail = (text: string | null) => (text !== null && emailPattern.test(text) ? text : null);

function personName(row: Row, prefix = ""): string | null {
  const full = row.text(`${prefix}name`, `${prefix}full_name`, `${prefix}display_name`);
  if (full) return full;
  const parts = [row.text(`${prefix}first_name`), row.text(`${prefix}last_name`)].filter(
    (part) => part !== null,
  );
  return parts.length > 0 ? parts.join(" ") : null;
}

/** A person, given as an object of its own. */
export function personOf(row: Row): ClientReference | null {
  const email = row.text("email", "email_address", "client_email", "contact_email");
  const person = {
    id: row.id("id", "client_id", "uuid"),
    name: personName(row) ?? personName(row, "client_"),
    email,
  };
  return person.id || person.name || person.email ? person : null;
}

const clientNames = ["client", "customer", "contact", "visitor", "guest", "favorited_by", "downloaded_by"];
const clientPrefixes = ["client_", "customer_", "contact_", "visitor_", "guest_", "downloader_"];
/** Names of anyone: beside a client in a name of its own they are of the studio. */
const anyoneNames = ["user", "created_by"];
const anyonePrefixes = ["user_"];
const parts = ["id", "email", "name", "full_name", "first_name"];
const ofClient = clientPrefixes.flatMap((prefix) => parts.map((part) => `${prefix}${part}`));

/** Who a row is about: a nested client in any of its names, or `client_id`, `client_email`, `email` … beside it. */
export function clientOf(row: Row): ClientReference | null {
  const anyone = () => personBy(row, anyoneNames, anyonePrefixes);
  if (!row.has(...clientNames, ...ofClient)) return anyone();
  const client = personBy(row, clientNames, clientPrefixes);
  if (client?.id == null || client.email !== null || client.name !== null) return client;
  const other = anyone();
  return other?.id === client.id ? other : client;
}

function personBy(
  row: Row,
  names: readonly string[],
  flatPrefixes: readonly string[],
): ClientReference | null {
  const nested = row.object(...names);
  const person = nested ? personOf(nested) : null;
  const told = nested ? null : row.text(...names);
  const bareId = told !== null && /^(\d+|[a-z]{1,4}_\w{6,})$/.test(told) ? told : null;
  const bare = bareId === null ? told : null;
  const flatEmail = row.text(...flatPrefixes.map((prefix) => `${prefix}email`), "email", "email_address");
  const id = person?.id ?? bareId ?? row.id(...flatPrefixes.map((prefix) => `${prefix}id`));
  const email = person?.email ?? flatEmail ?? asEmail(bare);
  const flatName =
    flatPrefixes.map((prefix) => personName(row, prefix)).find((name) => name !== null) ?? null;
  const own = [row.text("first_name"), row.text("last_name")].filter((part) => part !== null).join(" ");
  const plain = row.has("email", "email_address") ? row.text("name", "full_name") : null;
  const called = plain !== null && !looksLikeFile(plain) ? plain : null;
  const name =
    person?.name ?? flatName ?? (bare && !asEmail(bare) ? bare : null) ?? (own === "" ? called : own);
  return id || name || email ? { id, name, email } : null;
}

/** What identifies a client beside others, whatever else is told of them; e-mail addresses compare in lower case. */
export function clientKey(client: ClientReference | null): string | null {
  return client?.id ?? client?.email?.trim().toLowerCase() ?? client?.name ?? null;
}
