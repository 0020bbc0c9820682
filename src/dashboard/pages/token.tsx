import type { Token } from "../../domain/token.js";
import { absolute } from "../format.js";
import { PageHead } from "../parts/basics.js";
import { Action, type FormToken } from "../parts/form.js";

/** A new token, shown this once. */
export function TokenMade({ token, secret }: { token: Token; secret: string }) {
  const { name, scope, expiresAt } = token;
  const may = scope === "admin" ? "It may do everything" : "It may look at everything and change nothing";
  return (
    <div data-address="/tokens">
      <PageHead
        title={`The token for ${name}`}
        lead={`${may}${expiresAt === null ? "" : `, until ${absolute(expiresAt)}`}.`}
      />
      <section class="card form">
        <div class="row">
          <h2>Keep it now</h2>
          <button type="button" class="quiet more" data-copy="secret" hidden>
            Copy
          </button>
        </div>
        <p class="soft">It is shown only now: pixiehook keeps nothing that it could be read from.</p>
        <p class="secret">
          <code id="secret">{secret}</code>
        </p>
        <p class="meta">
          People sign in with it. Programs send it with each request, as <a href="/docs">the API</a> says:{" "}
          <code>Authorization: Bearer …</code>
        </p>
      </section>
      <p class="below">
        <a href="/tokens">Back to all tokens</a>
      </p>
    </div>
  );
}

/** Asks before a token is deleted. */
export function DeleteToken(props: { token: Token; isOwn: boolean; form: FormToken }) {
  const { token, isOwn, form } = props;
  return (
    <section class="narrow card">
      <h1>Delete this token?</h1>
      <p>
        <strong>{token.name}</strong>
        {token.hint === null ? null : (
          <>
            , which ends with <code>{token.hint}</code>,
          </>
        )}{" "}
        opens nothing from then on. Programs that use it are refused, and whoever signed in with it is signed
        out.
      </p>
      {isOwn ? <p class="problem">You are signed in with this token: deleting it signs you out.</p> : null}
      <div class="buttons">
        <Action path={`/tokens/${token.id}/delete`} form={form} label="Delete it" danger />
        <a href="/tokens">Keep it</a>
      </div>
    </section>
  );
}
