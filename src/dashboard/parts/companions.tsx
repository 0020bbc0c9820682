import { type Companion, isConnected } from "../../domain/companion.js";
import type { AccountView } from "../../services/accounts.js";
import { State, Time } from "./basics.js";
import { ReadBy } from "./companion-reads.js";
import { ChangeLink, type FormToken } from "./form.js";

interface Paired {
  readonly account: AccountView;
  readonly companions: readonly Companion[];
  readonly form: FormToken;
  readonly now: Date;
}

/** What a companion is good for, where there is none. */
function Offer({ account, form }: Pick<Paired, "account" | "form">) {
  return (
    <div class="card offer">
      <p>
        Pair your own browser, and there are no cookies to paste any more: a small extension hands the session
        over whenever you are signed in to Pixieset. Where Pixieset asks this server for a human check, the
        browser can do the reading, too.
      </p>
      <ChangeLink form={form} class="button quiet" href={`/accounts/${account.id}/companion`}>
        Pair a browser
      </ChangeLink>
    </div>
  );
}

/** One browser: how it calls itself, whether it is there, and the way to end it. */
function CompanionRow(props: { account: AccountView; companion: Companion; form: FormToken; now: Date }) {
  const { account, companion, form, now } = props;
  const { id, browser, createdAt, lastHeardAt } = companion;
  // Where the browser reads, one that asks for nothing to do is away, whenever it was heard of.
  const isWaited = account.readBy === "browser" && account.browser?.status !== "connected";
  return (
    <li class="companion">
      <span class="what">
        <strong>{browser}</strong>
        <span class="meta">
          Paired <Time iso={createdAt} now={now} />
        </span>
      </span>
      {isConnected(companion, now.getTime()) && !isWaited ? (
        <State tone="good">Connected</State>
      ) : (
        <State tone="idle">
          <span>
            Away, last heard of <Time iso={lastHeardAt} now={now} />
          </span>
        </State>
      )}
      <ChangeLink form={form} href={`/accounts/${account.id}/companions/${id}/end`}>
        End pairing
        <span class="unseen"> with {browser}</span>
      </ChangeLink>
    </li>
  );
}

/** The browsers that are paired, as they are now. */
function CompanionList({ account, companions, form, now }: Paired) {
  return (
    <ul class="list">
      {companions.map((companion) => (
        <CompanionRow account={account} companion={companion} form={form} now={now} />
      ))}
    </ul>
  );
}

/** The browsers that hand over the session, and who reads with it. */
export function Companions({ account, companions, form, now }: Paired) {
  const isChosen = account.readBy === "browser";
  return (
    <section id="browsers" aria-labelledby="browsers-heading" class="companions">
      <div class="row">
        <h2 id="browsers-heading">Browser companion</h2>
        {companions.length === 0 ? null : (
          <ChangeLink form={form} class="more" href={`/accounts/${account.id}/companion`}>
            Pair another browser
          </ChangeLink>
        )}
      </div>
      {companions.length === 0 ? (
        <Offer account={account} form={form} />
      ) : (
        <div class="card paired">
          <div id="browsers-now" data-refresh="10">
            <CompanionList account={account} companions={companions} form={form} now={now} />
          </div>
        </div>
      )}
      {companions.length > 0 || isChosen ? <ReadBy account={account} form={form} /> : null}
    </section>
  );
}
