import type { AccountView } from "../../services/accounts.js";
import { CookiesField } from "./cookies-field.js";
import { Action, Form, type FormToken } from "./form.js";

/** Who renews a session when it ends. */
function Renewal({ account, form }: { account: AccountView; form: FormToken }) {
  if (account.session.renewal === "cookies") {
    return (
      <p class="soft">When it ends, somebody pastes fresh cookies here. Polling then goes on where it was.</p>
    );
  }
  return (
    <div class="renewal">
      <p class="soft">
        When it ends, pixiehook signs in again by itself, with the email address and the password that are
        stored, encrypted.
      </p>
      <Action
        path={`/accounts/${account.id}/forget-password`}
        form={form}
        label="Forget the stored password"
        quiet
      />
    </div>
  );
}

/** The way back in: who renews the session, and where cookies are pasted. `problem`: why those were not taken. */
export function SessionCard(props: { account: AccountView; problem: string | null; form: FormToken }) {
  const { account, problem, form } = props;
  const isActive = account.session.status === "active";
  return (
    <section id="session" aria-labelledby="session-heading">
      <details class="card" open={!isActive || problem !== null}>
        <summary>
          <h2 id="session-heading">{isActive ? "Renew the session" : "Paste fresh cookies"}</h2>
        </summary>
        <Renewal account={account} form={form} />
        <Form form={form} action={`/accounts/${account.id}/session#session`} class="stack">
          <CookiesField problem={problem ?? undefined} />
          <button type="submit">Try and keep them</button>
        </Form>
      </details>
    </section>
  );
}
