import type { Child } from "hono/jsx";
import type { ApiDocument } from "../env.js";
import { problemKinds } from "../problem.js";
import { type Operation, operationsOf } from "./operations.js";
import { Prose, SchemaTable } from "./parts.js";

function Layout(props: { title: string; style: string; children: Child }) {
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

function Example(props: { value: unknown }) {
  if (props.value === undefined) return null;
  const text = typeof props.value === "string" ? props.value : JSON.stringify(props.value, null, 2);
  return (
    <pre tabindex={0}>
      <code>{text}</code>
    </pre>
  );
}

function OperationView({ operation, document }: { operation: Operation; document: ApiDocument }) {
  return (
    <article id={operation.id}>
      <h3>{operation.summary}</h3>
      <p class="route">
        <span class={`method ${operation.method}`}>{operation.method}</span>
        {operation.path}
      </p>
      <Prose text={operation.description} />
      {operation.parameters.length > 0 && (
        <>
          <h4>Parameters</h4>
          <table>
            {operation.parameters.map((parameter) => (
              <tr>
                <th scope="row">
                  <code>{parameter.name}</code>
                </th>
                <td>
                  {parameter.in}
                  {parameter.required ? ", required" : ""}
                </td>
                <td>{parameter.description ? <Prose text={parameter.description} /> : null}</td>
              </tr>
            ))}
          </table>
        </>
      )}
      {operation.body && (
        <>
          <h4>Body</h4>
          <SchemaTable schema={operation.body.schema} document={document} />
          <Example value={operation.body.example} />
        </>
      )}
      {operation.answers.map((entry) => (
        <>
          <h4>Answer {entry.status}</h4>
          <Prose text={entry.description} />
          <Example value={entry.example} />
        </>
      ))}
      <details>
        <summary>Problems</summary>
        <table>
          {operation.problems.map((problem) => (
            <tr>
              <th scope="row">{problem.status}</th>
              <td>
                {problem.codes.map((code) => (
                  <>
                    <a href={`/docs/errors#${code}`}>
                      <code>{code}</code>
                    </a>{" "}
                  </>
                ))}
              </td>
            </tr>
          ))}
        </table>
      </details>
    </article>
  );
}

/** The whole reference on one page, rendered from the OpenAPI document. */
export function ReferencePage({ document, style }: { document: ApiDocument; style: string }) {
  const groups = (document.tags ?? []).map((tag) => ({ tag, operations: operationsOf(document, tag.name) }));
  return (
    <Layout title="pixiehook API" style={style}>
      <div class="frame">
        <nav aria-label="Routes">
          <a href="/">Dashboard</a>
          <a href="/openapi.json">openapi.json</a>
          <a href="/docs/errors">Errors</a>
          {groups.map(({ tag, operations }) => (
            <>
              <h2>{tag.name}</h2>
              <ul>
                {operations.map((operation) => (
                  <li>
                    <a href={`#${operation.id}`}>{operation.summary}</a>
                  </li>
                ))}
              </ul>
            </>
          ))}
        </nav>
        <main>
          <h1>pixiehook API</h1>
          <p class="soft">Version {document.info.version}</p>
          <Prose text={document.info.description ?? ""} />
          {groups.map(({ tag, operations }) => (
            <section>
              <h2>{tag.name}</h2>
              <p class="soft">{tag.description}</p>
              {operations.map((operation) => (
                <OperationView operation={operation} document={document} />
              ))}
            </section>
          ))}
        </main>
      </div>
    </Layout>
  );
}

/** Every problem code, with what to do. The `type` of a problem points here. */
export function ErrorsPage({ style }: { style: string }) {
  return (
    <Layout title="pixiehook errors" style={style}>
      <div class="frame">
        <nav aria-label="Pages">
          <a href="/docs">API reference</a>
          <a href="/">Dashboard</a>
        </nav>
        <main>
          <h1>Errors</h1>
          <p>
            Every failure answers <code>application/problem+json</code> with one of these codes. Quote its{" "}
            <code>requestId</code> when you report it.
          </p>
          <dl>
            {Object.entries(problemKinds).map(([code, kind]) => (
              <>
                <dt id={code}>
                  <code>{code}</code> {kind.status}
                </dt>
                <dd>
                  {kind.title}. <Prose text={kind.help} />
                </dd>
              </>
            ))}
          </dl>
        </main>
      </div>
    </Layout>
  );
}
