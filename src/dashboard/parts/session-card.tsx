import { browserNames, type Standing } from "../concerns.js";
import { CookiesField } from "./cookies-field.js";
import { Action, ChangeLink, Form, type FormToken } from "./form.js";

interface Card {
  readonly standing: Standing;
  /** Its id. */
  readonly account: string;
  /** Why the cookies that were pasted were not taken; null when none were. */
  readonly problem: string | null;
  readonly form: FormToken;
}

/** Who renews a session when it ends. */
function Renewal({ standing, account, form }: Omit<Card, "problem">) {
  if (standing.session.renewal === "credentials") {
    return (
      <div class="renewal">
        <p class="soft">
          When it ends, pixiehook signs in again by itself, with the email address and the password that are
          stored, encrypted.
        </p>
        <Action
          path={`/accounts/${account}/forget-password`}
          form={form}
          label="Forget the stored password"
          quiet
        />
      </div>
    );
  }
  if (standing.browser !== null) {
    return (
      <p class="soft">
        When it ends, sign in to Pixieset in {browserNames(standing)}: its companion hands the new session
        over. Cookies can be pasted here all the same.
      </p>
    );
  }
  return (
    <p class="soft">
      When it ends, somebody pastes fresh cookies here. Polling then goes on where it was.{" "}
      <ChangeLink form={form} href={`/accounts/${account}/companion`}>
        Easier: pair a browser
      </ChangeLink>
    </p>
  );
}

/** What is done in the browser, where one is paired: then nobody has to paste anything. */
function InTheBrowser({ standing }: { standing: Standing }) {
  const { session, browser } = standing;
  const which = browserNames(standing);
  const isAway = browser?.status !== "connected";
  const [title, step] =
    session.status === "challenged"
      ? ["Pass Pixieset’s check", `Open Pixieset in ${which} and do what it asks.`]
      : [
          "Sign in to Pixieset",
          isAway
            ? `Open ${which} and sign in to Pixieset there, as you always do.`
            : `Sign in to Pixieset in ${which}, as you always do.`,
        ];
  return (
    <div class="card in-browser">
      <h2 id="session-heading">{title}</h2>
      <p>{step} The companion does the rest: reading goes on within a minute.</p>
    </div>
  );
}

function PasteForm({ account, problem, form }: Omit<Card, "standing">) {
  return (
    <Form form={form} action={`/accounts/${account}/session#session`} class="stack">
      <CookiesField problem={problem ?? undefined} />
      <button type="submit">Try and keep them</button>
    </Form>
  );
}

/**
 * The way back in: what to do in a paired browser, who renews the session, and where cookies are pasted. While the
 * browser reads with its own session, no cookies are asked for.
 */
export function SessionCard({ standing, account, problem, form }: Card) {
  const { session, readBy, browser } = standing;
  const isActive = session.status === "active";
  const isByBrowser = !isActive && browser !== null;
  if (readBy === "browser" && !isByBrowser) return null;
  const title = isActive ? "Renew the session" : "Paste fresh cookies";
  return (
    <section id="session" aria-labelledby="session-heading" class="session">
      {isByBrowser ? <InTheBrowser standing={standing} /> : null}
      {readBy === "browser" ? null : (
        <details class="card" open={isByBrowser ? problem !== null : !isActive || problem !== null}>
          <summary>{isByBrowser ? <h3>Or paste cookies</h3> : <h2 id="session-heading">{title}</h2>}</summary>
          {isByBrowser && session.renewal === "cookies" ? null : (
            <Renewal standing={standing} account={account} form={form} />
          )}
          <PasteForm account={account} problem={problem} form={form} />
        </details>
      )}
    </section>
  );
}
