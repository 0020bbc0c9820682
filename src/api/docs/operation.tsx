import type { ApiDocument } from "../env.js";
import { type ProblemCode, problemKinds } from "../problem.js";
import type { Operation } from "./operations.js";
import { Example, ParameterTable, Prose, SchemaTable } from "./parts.js";

function Problems({ problems }: Pick<Operation, "problems">) {
  const rows = problems.flatMap(({ status, codes }) => codes.map((code) => ({ status, code })));
  return (
    <details>
      <summary>Errors</summary>
      <table>
        {rows.map(({ status, code }) => (
          <tr>
            <th scope="row">
              {status}{" "}
              <a href={`/docs/errors#${code}`}>
                <code>{code}</code>
              </a>
            </th>
            <td>
              {code in problemKinds ? (
                <Prose
                  text={`${problemKinds[code as ProblemCode].title}. ${problemKinds[code as ProblemCode].help}`}
                />
              ) : null}
            </td>
          </tr>
        ))}
      </table>
    </details>
  );
}

/** One route: what it takes on one side, how it is called and what it answers on the other. */
export function OperationView({ operation, document }: { operation: Operation; document: ApiDocument }) {
  const { parameters, body, answers } = operation;
  return (
    <article id={operation.id}>
      <div class="words">
        <h3>
          <a href={`#${operation.id}`}>{operation.summary}</a>
        </h3>
        <p class="route">
          <span class={`method ${operation.method}`}>{operation.method}</span>
          {operation.path}
        </p>
        <Prose text={operation.description} />
        {parameters.length > 0 && (
          <>
            <h4>Parameters</h4>
            <ParameterTable parameters={parameters} document={document} />
          </>
        )}
        {body && (
          <>
            <h4>Body</h4>
            <SchemaTable schema={body.schema} document={document} />
          </>
        )}
        <h4>Answers</h4>
        {answers.map(({ status, description, schema }) => (
          <>
            <p>
              <b>{status}</b> {description}
            </p>
            {schema !== undefined && JSON.stringify(schema).includes("$ref") ? (
              <details>
                <summary>Fields of the answer</summary>
                <SchemaTable schema={schema} document={document} />
              </details>
            ) : null}
          </>
        ))}
        <Problems problems={operation.problems} />
      </div>
      <div class="code">
        <Example title="Request" value={operation.curl} />
        {answers.map(({ status, example }) => (
          <Example title={`Answer ${status}`} value={example} />
        ))}
      </div>
    </article>
  );
}
