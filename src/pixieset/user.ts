import { isJsonObject, type JsonValue } from "../domain/json.js";
import { type Row, rowOf } from "./fields.js";
import { unwrapJson } from "./json.js";

export interface UpstreamUser {
  readonly name: string | null;
  readonly email: string | null;
}

const insides = ["data", "user", "profile", "account", "studio", "result", "attributes"];

function rowsWithin(value: JsonValue | undefined, depth: number): Row[] {
  const object = value === undefined ? value : unwrapJson(value);
  if (!isJsonObject(object) || depth > 3) return [];
  return [rowOf(object), ...insides.flatMap((name) => rowsWithin(object[name], depth + 1))];
}

/** Whose session it is, out of whatever `/user` or `/data/bootstrap` say; null when they do not. */
export function userOf(body: JsonValue): UpstreamUser | null {
  const rows = rowsWithin(body, 0);
  const first = (read: (row: Row) => string | null) => rows.map(read).find((text) => text !== null) ?? null;
  const isAddress = (text: string | null) => (text?.includes("@") ? text : null);
  const email =
    first((row) => row.text("email", "email_address")) ??
    first((row) => isAddress(row.text("username", "login")));
  const fullName = (row: Row) =>
    [row.text("first_name"), row.text("last_name")].filter((part) => part !== null).join(" ") || null;
  const name =
    first((row) => row.text("business_name", "studio_name", "company_name", "display_name")) ??
    first((row) => row.text("name", "full_name")) ??
    first(fullName) ??
    first((row) => row.text("username"));
  return name || email ? { name, email } : null;
}

/** Whether an answer of a probe says itself that nobody is logged in. */
export function saysNobody(body: JsonValue, depth = 0): boolean {
  if (!isJsonObject(body)) return false;
  const row = rowOf(body);
  const loggedIn = row.boolean("authenticated", "logged_in", "is_logged_in", "is_authenticated");
  const nobody = "user" in body && body.user === null && !row.has("data", "email", "id");
  if (loggedIn === false || row.boolean("guest", "is_guest") === true || nobody) return true;
  // Behind its envelope, unless somebody is named all the same.
  const data = unwrapJson(body.data ?? null);
  return isJsonObject(data) && depth < 3 && userOf(body) === null && saysNobody(data, depth + 1);
}
