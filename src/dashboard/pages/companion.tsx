import type { Companion } from "../../domain/companion.js";
import type { AccountView } from "../../services/accounts.js";
import type { Pairing } from "../../services/companions.js";
import { absolute } from "../format.js";
import { PageHead, State, Time } from "../parts/basics.js";
import { CompanionInstall } from "../parts/companion-install.js";
import { Action, Form, type FormToken } from "../parts/form.js";

interface PairView {
  readonly account: AccountView;
  readonly companions: readonly Companion[];
  /** Made just now, and shown this once. */
  readonly pairing: Pairing | null;
  /** Nobody hears of anything yet: a subscription comes next. */
  readonly isFirst: boolean;
  readonly companionFor: readonly string[];
  readonly form: FormToken;
  readonly now: Date;
}

/** So long (ms) after it was paired a browser is news on this page: as long as a link is good. */
const freshMs = 10 * 60_000;

/** The link, to be copied into the companion. */
function PairingLink({ pairing, now }: { pairing: Pairing; now: Date }) {
  return (
    <>
      <p>
        Open the companion: click its icon beside the address of your browser. Paste this link there, press
        Connect, and say yes when the browser asks.
      </p>
      <div class="pairing-link">
        <p class="secret">
          <code id="pairing-link">{pairing.link}</code>
        </p>
        <button type="button" data-copy="pairing-link" hidden>
          Copy the link
        </button>
      </div>
      <p class="meta">
        It is shown only now, and good once, until {absolute(pairing.expiresAt)}:{" "}
        <Time iso={pairing.expiresAt} now={now} />.
      </p>
    </>
  );
}

/** Whether a browser was paired while somebody is on this page. It keeps itself fresh, and is read out when it changes. */
function Arrived({ account, companions, isFirst, now }: Omit<PairView, "pairing" | "companionFor" | "form">) {
  const [newest] = companions;
  const isFresh = newest !== undefined && now.getTime() - Date.parse(newest.createdAt) < freshMs;
  const next = isFirst
    ? ([`/subscriptions/new?account=${account.id}&first=1`, "Next: say who hears of what"] as const)
    : ([`/accounts/${account.id}#browsers`, "Go to the account"] as const);
  return (
    <div id="arrived" data-refresh="3">
      {isFresh ? (
        <>
          <p>
            <State tone="good">
              <span>
                <strong>{newest.browser}</strong> is paired.
              </span>
            </State>
          </p>
          <p class="soft">
            {account.session.status === "active"
              ? "It hands over the session of Pixieset from now on. There is nothing else to do."
              : "It hands over the session as soon as you are signed in to Pixieset in it."}
          </p>
          <p>
            <a class="button" href={next[0]} id="next">
              {next[1]}
            </a>
          </p>
        </>
      ) : (
        <p class="soft">Nothing has arrived yet. This page says so as soon as a browser is paired.</p>
      )}
    </div>
  );
}

/** How a browser is paired with an account: install, make a link, paste it. */
export function PairBrowser({ pairing, companionFor, form, ...view }: PairView) {
  const { account, now } = view;
  const path = `/accounts/${account.id}`;
  return (
    <div class="pair-browser" data-address={pairing === null ? undefined : `${path}/companion`}>
      <PageHead
        title="Pair a browser"
        lead={`A small extension in your own browser, the companion, hands the session of ${account.name} to pixiehook. From then on being signed in to Pixieset is enough.`}
      >
        <a class="button quiet" href={path}>
          Back to {account.name}
        </a>
      </PageHead>
      <section class="card" aria-labelledby="get">
        <details id="install" open={pairing === null && view.companions.length === 0}>
          <summary>
            <h2 id="get">1. Get the companion</h2>
          </summary>
          <CompanionInstall companionFor={companionFor} />
        </details>
      </section>
      <section class="card" id="link" aria-labelledby="make">
        <h2 id="make">2. Give it a pairing link</h2>
        {pairing === null ? (
          <>
            <p class="soft">It is good once, for ten minutes, and for this account only.</p>
            <Action path={`${path}/companion#link`} form={form} label="Make a pairing link" />
          </>
        ) : (
          <PairingLink pairing={pairing} now={now} />
        )}
      </section>
      <section class="card" aria-labelledby="paired" aria-live="polite">
        <h2 id="paired">3. See that it is paired</h2>
        <Arrived {...view} />
        <noscript>
          <p class="meta">
            <a href={`${path}/companion`}>Look whether it is paired</a>
          </p>
        </noscript>
      </section>
      <section class="card" aria-labelledby="honest">
        <h2 id="honest">What it sees, and where that goes</h2>
        <p>
          The companion reads the cookies of Pixieset’s two addresses, galleries.pixieset.com and
          studio.pixieset.com, and sends them to this pixiehook and to nobody else. It sees no other site.
          Where you let the browser do the reading, the cookies stay in it, and only the lists that it was
          asked for go out. Use it for your own account only.
        </p>
      </section>
    </div>
  );
}

/** Asks before a pairing ends. */
export function EndPairing(props: {
  account: AccountView;
  companion: Companion;
  /** The browser reads, and no other one is paired. */
  isLastReader: boolean;
  form: FormToken;
}) {
  const { account, companion, isLastReader, form } = props;
  const path = `/accounts/${account.id}`;
  return (
    <section class="narrow card">
      <h1>End this pairing?</h1>
      <p>
        <strong>{companion.browser}</strong> hands over nothing any more for {account.name}, and its companion
        says so. The session that pixiehook has stays.
      </p>
      {isLastReader ? (
        <p class="problem">
          It is the only browser, and the browser reads: nothing is read from then on, until you pair another
          one or let this server read.
        </p>
      ) : null}
      <Form form={form} action={`${path}/companions/${companion.id}/end`}>
        <div class="buttons">
          <button type="submit" class="danger">
            End the pairing
          </button>
          <a href={`${path}#browsers`}>Keep it</a>
        </div>
      </Form>
    </section>
  );
}
