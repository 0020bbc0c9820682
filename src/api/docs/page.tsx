import type { ApiDocument } from "../env.js";
import { OperationView } from "./operation.js";
import { operationsOf } from "./operations.js";
import { Example, Layout, Prose } from "./parts.js";
import { WebhooksView } from "./webhooks.js";

const anchorOf = (tag: string): string => `section-${tag.toLowerCase().replaceAll(" ", "-")}`;

/** The whole reference on one page, rendered from the OpenAPI document. */
export function ReferencePage({ document, style }: { document: ApiDocument; style: string }) {
  const groups = (document.tags ?? []).map((tag) => ({ tag, operations: operationsOf(document, tag.name) }));
  const server = document.servers?.[0]?.url ?? "";
  return (
    <Layout title="pixiehook API" style={style}>
      <div class="frame">
        <nav aria-label="Routes">
          <div class="pages">
            <a href="/">Dashboard</a>
            <a href="/openapi.json">openapi.json</a>
            <a href="/docs/errors">Errors</a>
          </div>
          {groups.map(({ tag, operations }) => (
            <>
              <h2>
                <a href={`#${anchorOf(tag.name)}`}>{tag.name}</a>
              </h2>
              <ul>
                {operations.map((operation) => (
                  <li>
                    <a href={`#${operation.id}`}>{operation.summary}</a>
                  </li>
                ))}
                {tag.name === "Webhooks" && (
                  <>
                    <li>
                      <a href="#webhook-request">What a receiver gets</a>
                    </li>
                    <li>
                      <a href="#webhook-events">Events</a>
                    </li>
                  </>
                )}
              </ul>
            </>
          ))}
        </nav>
        <main>
          <h1>pixiehook API</h1>
          <p class="soft">Version {document.info.version}</p>
          <div class="intro">
            <div class="words">
              <Prose text={document.info.description ?? ""} />
            </div>
            <div class="code">
              <Example
                title="Try it: the token was printed when pixiehook first started"
                value={`export PIXIEHOOK_API_TOKEN=…\ncurl '${server}/v1/accounts' \\\n  -H "Authorization: Bearer $PIXIEHOOK_API_TOKEN"`}
              />
            </div>
          </div>
          {groups.map(({ tag, operations }) => (
            <section id={anchorOf(tag.name)}>
              <h2>{tag.name}</h2>
              <div class="soft">
                <Prose text={tag.description ?? ""} />
              </div>
              {operations.map((operation) => (
                <OperationView operation={operation} document={document} />
              ))}
              {tag.name === "Webhooks" && <WebhooksView document={document} />}
            </section>
          ))}
        </main>
      </div>
    </Layout>
  );
}
