import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.js";
import type { ApiDocument } from "../env.js";
import { parametersOf } from "./operations.js";
import { Example, ParameterTable, Prose } from "./parts.js";

const object = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

interface Received {
  readonly type: string;
  readonly summary: string;
  readonly example: JsonValue | undefined;
  readonly post: JsonObject;
}

function receivedOf(document: ApiDocument): Received[] {
  const webhooks = object(JSON.parse(JSON.stringify(document.webhooks ?? {})) as JsonValue);
  return Object.entries(webhooks).map(([type, item]) => {
    const post = object(object(item).post);
    const { example } = object(object(object(post.requestBody).content)["application/json"]);
    return { type, summary: String(post.summary), example, post };
  });
}

/** What a receiver gets: the headers and answers that all events share, and each event with an example. */
export function WebhooksView({ document }: { document: ApiDocument }) {
  const received = receivedOf(document);
  const [first] = received;
  if (!first) return null;
  const byStatus = ([one]: [string, unknown], [other]: [string, unknown]): number =>
    one.replaceAll("X", "9").localeCompare(other.replaceAll("X", "9"));
  const answers = Object.entries(object(first.post.responses)).sort(byStatus);
  return (
    <>
      <article id="webhook-request">
        <div class="words">
          <h3>
            <a href="#webhook-request">What a receiver gets</a>
          </h3>
          <p class="route">
            <span class="method post">post</span>to the <code>url</code> of the subscription
          </p>
          <h4>Headers</h4>
          <ParameterTable parameters={parametersOf(document, first.post.parameters)} document={document} />
          <h4>What its answers mean</h4>
          <table>
            {answers.map(([status, answer]) => (
              <tr>
                <th scope="row">{status}</th>
                <td>
                  <Prose text={String(object(answer).description)} />
                </td>
              </tr>
            ))}
          </table>
        </div>
        <div class="code">
          <Example title={first.type} value={first.example} />
        </div>
      </article>
      <article id="webhook-events">
        <div class="words wide">
          <h3>
            <a href="#webhook-events">Events</a>
          </h3>
          {received.map(({ type, summary, example }) => (
            <details id={`event-${type}`}>
              <summary>
                <code>{type}</code> {summary}
              </summary>
              <Example title="Body" value={example} />
            </details>
          ))}
        </div>
      </article>
    </>
  );
}
