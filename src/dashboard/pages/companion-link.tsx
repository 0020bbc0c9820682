import { PageHead } from "../parts/basics.js";
import { CompanionInstall } from "../parts/companion-install.js";

/** What opens when somebody opens a pairing link in a browser. The same for everybody. */
export function OpenedLink({ companionFor }: { companionFor: readonly string[] }) {
  return (
    <div class="pair-browser">
      <PageHead
        title="This link is for the companion"
        lead="pixiehook watches a Pixieset account for its owner. The companion, a small extension in the owner’s browser, hands it the session, so that nobody pastes cookies."
      />
      <section class="card" aria-labelledby="paste">
        <h2 id="paste">Paste the link into the companion</h2>
        <ol>
          <li>
            Copy the whole link: what follows the <code>#</code> is the code.
          </li>
          <li>Click the companion’s icon beside the address of your browser.</li>
          <li>Paste the link there, press Connect, and say yes when the browser asks.</li>
        </ol>
        <div class="pairing-link" id="opened" hidden>
          <p class="secret">
            <code id="opened-link" />
          </p>
          <button type="button" data-copy="opened-link" hidden>
            Copy the link
          </button>
        </div>
        <p class="meta">
          It is good once, for ten minutes. Whoever has it could pair a browser of theirs: send it to nobody.
        </p>
      </section>
      <section class="card" aria-labelledby="get">
        <details id="install">
          <summary>
            <h2 id="get">No companion yet?</h2>
          </summary>
          <CompanionInstall companionFor={companionFor} />
        </details>
      </section>
    </div>
  );
}
