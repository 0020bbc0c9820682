import { firstToken, isExpired, type Token } from "../../domain/token.js";
import { PageHead, Time } from "../parts/basics.js";
import { ChangeLink, type FormToken } from "../parts/form.js";
import { NewToken } from "../parts/new-token.js";
import type { TokenDraft, TokenProblems } from "../token-draft.js";

/** What is said beside the name: which one it is, and why some cannot be deleted here. */
function notes(token: Token, own: string): string[] {
  const said = token.id === own ? ["This session: you are signed in with it."] : [];
  if (token.id !== firstToken.id) return said;
  return [
    ...said,
    "It is a setting. To change it, set PIXIEHOOK_API_TOKEN (or remove the file api-token from the data folder) and restart pixiehook.",
  ];
}

function TokenRow(props: { token: Token; own: string; form: FormToken; now: Date }) {
  const { token, own, form, now } = props;
  const { id, name, scope, hint, createdAt, lastUsedAt, expiresAt } = token;
  const isOver = isExpired(token, now.getTime());
  return (
    <tr class={isOver ? "over" : undefined} id={id}>
      <th scope="row">
        {name}
        {notes(token, own).map((note) => (
          <span class="meta">{note}</span>
        ))}
      </th>
      <td data-label="May">{scope === "admin" ? "Do everything" : "Look only"}</td>
      <td data-label="Ends with">{hint === null ? <span class="soft">—</span> : <code>…{hint}</code>}</td>
      <td data-label="Made">
        <Time iso={createdAt} now={now} none="—" />
      </td>
      <td data-label="Last used">
        <Time iso={lastUsedAt} now={now} />
      </td>
      <td data-label="Expires">
        {isOver ? "Expired " : ""}
        <Time iso={expiresAt} now={now} />
      </td>
      {form === null ? null : (
        <td class="number">
          {id === firstToken.id ? null : (
            <ChangeLink form={form} href={`/tokens/${id}/delete`}>
              Delete
              <span class="unseen"> {name}</span>
            </ChangeLink>
          )}
        </td>
      )}
    </tr>
  );
}

/** Who may come in, and a form for another one. */
export function Tokens(props: {
  tokens: readonly Token[];
  older: string | null;
  /** Of this session. */
  own: string;
  draft: TokenDraft;
  problems: TokenProblems;
  form: FormToken;
  now: Date;
}) {
  const { tokens, older, own, draft, problems, form, now } = props;
  return (
    <>
      <PageHead
        title="API tokens"
        lead="Each opens these pages and the API. Give every person and every program one of its own: then you can end it by itself."
      />
      <div class="card scroll">
        <table class="stacked tokens">
          <thead>
            <tr>
              {["Name", "May", "Ends with", "Made", "Last used", "Expires"].map((heading) => (
                <th scope="col">{heading}</th>
              ))}
              {form === null ? null : (
                <th scope="col">
                  <span class="unseen">Delete</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {tokens.map((token) => (
              <TokenRow token={token} own={own} form={form} now={now} />
            ))}
          </tbody>
        </table>
      </div>
      {older ? (
        <p class="pager">
          <a href={older}>More</a>
        </p>
      ) : null}
      <NewToken draft={draft} problems={problems} form={form} now={now} />
    </>
  );
}
