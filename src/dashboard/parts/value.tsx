import type { Child } from "hono/jsx";
import { size } from "../../domain/bytes.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.js";
import { money } from "../../domain/money.js";
import { absolute, day, title } from "../format.js";

/** Members of a list, or of an object that is not known, that are shown. */
const shownMembers = 20;
const amounts = new Set(["amount", "fee"]);
/** Fields that name something with a page of its own. */
const pages: Readonly<Record<string, readonly [form: RegExp, path: string]>> = {
  subscription: [/^sub_[0-9a-z]+$/, "/subscriptions"],
  delivery: [/^dlv_[0-9a-z]+$/, "/deliveries"],
  event: [/^evt_[0-9a-z]+$/, "/events"],
  events: [/^evt_[0-9a-z]+$/, "/events"],
};

/** Whether a text is an address that a link may lead to: nothing that a browser would run. */
function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

const textOf = (value: JsonValue | undefined): string | null =>
  typeof value === "string" && value !== "" ? value : null;

/** A thing or a person by what they are called: `Photo DSC_0421.jpg`, `Jane Doe, jane@example.com`. */
function referenceOf(value: JsonObject): string | null {
  const name = textOf(value.name);
  const email = textOf(value.email);
  const kind = textOf(value.kind);
  if (kind !== null) return `${title(kind)} ${name ?? textOf(value.id) ?? "without a name"}`;
  const known = [name, email].filter((text) => text !== null).join(", ");
  return known === "" ? textOf(value.id) : known;
}

/** Text that others wrote. What could run in the other direction is kept apart from what stands around it. */
function Isolated({ text }: { text: string }): Child {
  return /^[\x20-\x7e]*$/.test(text) ? text : <bdi class="text">{text}</bdi>;
}

function Text({ field, text }: { field: string; text: string }) {
  if (/^\d{4}-\d\d-\d\dT.*Z$/.test(text)) return <>{absolute(text)}</>;
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))) return <>{day(text)}</>;
  const [form, path] = pages[field] ?? [];
  if (form?.test(text)) {
    return (
      <a href={`${path}/${text}`}>
        <code>{text}</code>
      </a>
    );
  }
  if (field === "url" && isWebAddress(text)) {
    return (
      <a href={text} rel="noreferrer noopener">
        <bdi>{text}</bdi>
      </a>
    );
  }
  return <Isolated text={text} />;
}

function List({ field, values }: { field: string; values: readonly JsonValue[] }) {
  const more = values.length - shownMembers;
  return (
    <>
      {values.slice(0, shownMembers).map((each, index) => (
        <>
          {index > 0 ? ", " : ""}
          <Value field={field} value={each} />
        </>
      ))}
      {more > 0 ? ` and ${more} more` : ""}
    </>
  );
}

function Members({ value }: { value: JsonObject }) {
  const entries = Object.entries(value);
  const more = entries.length - shownMembers;
  return (
    <>
      {entries.slice(0, shownMembers).map(([name, each], index) => (
        <>
          {index > 0 ? "; " : ""}
          <bdi>{title(name)}</bdi>: <Value field={name} value={each} />
        </>
      ))}
      {more > 0 ? ` and ${more} more` : ""}
    </>
  );
}

/** A value of an event as people read it. `currency`: of the amounts beside it. */
export function Value(props: {
  field: string;
  value: JsonValue | undefined;
  currency?: JsonValue | undefined;
}): Child {
  const { field, value, currency } = props;
  if (value === null || value === undefined || value === "") return <span class="soft">—</span>;
  if (typeof value === "boolean") return <>{value ? "Yes" : "No"}</>;
  if (typeof value === "number") {
    const amount = amounts.has(field) ? money(value, currency) : null;
    return <>{amount ?? (field === "bytes" ? size(value) : null) ?? value.toLocaleString("en-GB")}</>;
  }
  if (typeof value === "string") return <Text field={field} text={value} />;
  if (Array.isArray(value)) return <List field={field} values={value} />;
  const reference = isJsonObject(value) ? referenceOf(value) : null;
  return reference === null ? <Members value={value} /> : <Isolated text={reference} />;
}
