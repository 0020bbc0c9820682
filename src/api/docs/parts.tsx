import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.js";
import type { ApiDocument } from "../env.js";

/** Text with `code` in it, and blank lines between paragraphs. */
export function Prose({ text }: { text: string }) {
  if (text === "") return null;
  return (
    <>
      {text.split("\n\n").map((paragraph) => (
        <p>{paragraph.split("`").map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</p>
      ))}
    </>
  );
}

function resolve(schema: JsonValue | undefined, document: ApiDocument): JsonObject {
  if (!isJsonObject(schema)) return {};
  const reference = schema.$ref;
  if (typeof reference !== "string") return schema;
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  return resolve((document.components?.schemas?.[name] ?? {}) as JsonObject, document);
}

function typeText(schema: JsonObject, document: ApiDocument): string {
  const inner = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(inner)) {
    return [...new Set(inner.map((branch) => typeText(resolve(branch, document), document)))].join(" or ");
  }
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const types = [schema.type].flat().filter((type) => typeof type === "string");
  return types
    .map((type) =>
      type === "array" ? `list of ${typeText(resolve(schema.items, document), document)}` : type,
    )
    .join(" or ");
}

/** The fields of an object schema, one row each. */
export function SchemaTable({ schema, document }: { schema: JsonValue; document: ApiDocument }) {
  const { properties, required } = resolve(schema, document);
  if (!isJsonObject(properties)) return null;
  const needed = Array.isArray(required) ? required : [];
  return (
    <table>
      {Object.entries(properties).map(([name, field]) => {
        const resolved = resolve(field, document);
        const { description, default: preset } = resolved;
        return (
          <tr>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>
              {typeText(resolved, document)}
              {needed.includes(name) ? ", required" : ""}
              {preset !== undefined ? (
                <>
                  , default <code>{JSON.stringify(preset)}</code>
                </>
              ) : null}
              {typeof description === "string" ? <Prose text={description} /> : null}
            </td>
          </tr>
        );
      })}
    </table>
  );
}
