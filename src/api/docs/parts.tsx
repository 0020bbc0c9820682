import type { Child } from "hono/jsx";
import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.js";
import type { ApiDocument } from "../env.js";
import { resolve } from "./operations.js";

/** The frame of every page of the reference. */
export function Layout(props: { title: string; style: string; children: Child }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{props.title}</title>
        <link rel="stylesheet" href={props.style} />
      </head>
      <body>{props.children}</body>
    </html>
  );
}

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

/** Something to read in a fixed-width face, or nothing. */
export function Example(props: { title: string; value: unknown }) {
  if (props.value === undefined) return null;
  const text = typeof props.value === "string" ? props.value : JSON.stringify(props.value, null, 2);
  return (
    <figure>
      <figcaption>{props.title}</figcaption>
      <pre tabindex={0}>
        <code>{text}</code>
      </pre>
    </figure>
  );
}

const branchesOf = (document: ApiDocument, schema: JsonObject): JsonObject[] =>
  [schema.anyOf, schema.oneOf]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .map((branch) => resolve(document, branch));

const plural: Record<string, string> = { string: "characters", array: "items" };

/** What a value may be, within which bounds. */
function typeText(schema: JsonObject, document: ApiDocument): string {
  const branches = branchesOf(document, schema);
  if (branches.length > 0) return [...new Set(branches.map((one) => typeText(one, document)))].join(" or ");
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const types = [schema.type].flat().filter((type) => typeof type === "string");
  const named = types.map((type) =>
    type === "array" ? `list of ${typeText(resolve(document, schema.items), document)}` : type,
  );
  return `${named.join(" or ")}${boundsText(schema, types[0])}`;
}

function boundsText(schema: JsonObject, type: string | undefined): string {
  const low = schema.minimum ?? schema.minLength ?? schema.minItems;
  const high = schema.maximum ?? schema.maxLength ?? schema.maxItems;
  const unit = plural[type ?? ""] === undefined ? "" : ` ${plural[type ?? ""]}`;
  const isOpen = typeof high !== "number" || high >= Number.MAX_SAFE_INTEGER;
  if (typeof low !== "number") return isOpen ? "" : `, at most ${high}${unit}`;
  if (isOpen) return low > 0 || unit === "" ? `, at least ${low}${unit}` : "";
  return `, ${low} to ${high}${unit}`;
}

/** The objects with fields of their own that a value can be or hold. */
function objectsIn(document: ApiDocument, schema: JsonObject): JsonObject[] {
  const branches = branchesOf(document, schema);
  if (branches.length > 0) return branches.flatMap((branch) => objectsIn(document, branch));
  if (schema.items !== undefined) return objectsIn(document, resolve(document, schema.items));
  return isJsonObject(schema.properties) ? [schema] : [];
}

const deepest = 3;

/** The fields of an object schema, one row each, with the fields below them to unfold. */
export function SchemaTable(props: { schema: JsonValue; document: ApiDocument; depth?: number }) {
  const { document, depth = 0 } = props;
  const kinds = objectsIn(document, resolve(document, props.schema));
  return (
    <>
      {kinds.map((kind, index) => (
        <>
          {index > 0 ? <p class="or">or</p> : null}
          <FieldTable schema={kind} document={document} depth={depth} />
        </>
      ))}
    </>
  );
}

function FieldTable({
  schema,
  document,
  depth,
}: {
  schema: JsonObject;
  document: ApiDocument;
  depth: number;
}) {
  const { properties, required } = schema;
  if (!isJsonObject(properties)) return null;
  const needed = Array.isArray(required) ? required : [];
  return (
    <table>
      {Object.entries(properties).map(([name, field]) => {
        const resolved = resolve(document, field);
        const { description, default: preset } = resolved;
        const hasFields = depth < deepest && objectsIn(document, resolved).length > 0;
        return (
          <tr>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>
              <span class="type">
                {typeText(resolved, document)}
                {needed.includes(name) && preset === undefined ? <b> required</b> : null}
                {preset !== undefined && !isJsonObject(preset) ? (
                  <>
                    , default <code>{JSON.stringify(preset)}</code>
                  </>
                ) : null}
              </span>
              {typeof resolved.example === "string" && resolved.enum === undefined ? (
                <span class="type">
                  , such as <code>{resolved.example}</code>
                </span>
              ) : null}
              {typeof description === "string" ? <Prose text={description} /> : null}
              {hasFields ? (
                <details>
                  <summary>Fields of {name}</summary>
                  <SchemaTable schema={resolved} document={document} depth={depth + 1} />
                </details>
              ) : null}
            </td>
          </tr>
        );
      })}
    </table>
  );
}

/** Parameters, one row each. */
export function ParameterTable(props: {
  parameters: readonly {
    name: string;
    in: string;
    required: boolean;
    description: string;
    schema: JsonObject;
  }[];
  document: ApiDocument;
}) {
  return (
    <table>
      {props.parameters.map((parameter) => (
        <tr>
          <th scope="row">
            <code>{parameter.name}</code>
          </th>
          <td>
            <span class="type">
              {parameter.in}, {typeText(parameter.schema, props.document)}
              {parameter.required ? <b> required</b> : null}
              {parameter.schema.default !== undefined ? (
                <>
                  , default <code>{JSON.stringify(parameter.schema.default)}</code>
                </>
              ) : null}
            </span>
            <Prose text={parameter.description} />
          </td>
        </tr>
      ))}
    </table>
  );
}
