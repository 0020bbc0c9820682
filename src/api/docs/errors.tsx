import { problemKinds } from "../problem.js";
import { Layout, Prose } from "./parts.js";

/** Every problem code, with what to do. The `type` of a problem points here. */
export function ErrorsPage({ style }: { style: string }) {
  return (
    <Layout title="pixiehook errors" style={style}>
      <div class="frame">
        <nav aria-label="Pages">
          <a href="/docs">API reference</a>
          <a href="/">Dashboard</a>
        </nav>
        <main class="narrow">
          <h1>Errors</h1>
          <p>
            Every failure answers <code>application/problem+json</code> with one of these codes, and says in{" "}
            <code>detail</code> what is wrong and what to do. Of a request that is not valid,{" "}
            <code>errors</code> names each field. Quote the <code>requestId</code> when you report a failure:
            the log has it too.
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
