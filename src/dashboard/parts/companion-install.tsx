/** The folders that `npm run companion` writes, one for each kind of browser. */
const folders = { chromium: "dist/companion/chromium", firefox: "dist/companion/firefox" };

/** How the companion gets into a browser, until it is in a store. `companionFor`: what it has to be built for. */
export function CompanionInstall({ companionFor }: { companionFor: readonly string[] }) {
  const options = companionFor.map((origin) => ` --for ${origin}`).join("");
  return (
    <>
      <p class="soft">
        Whoever runs pixiehook builds it once, in its folder, and gives you what comes out if that is on
        another computer:
      </p>
      <p class="command">
        <code id="build-command">npm run companion{options && ` --${options}`}</code>
        <button
          type="button"
          class="quiet more"
          data-copy="build-command"
          aria-label="Copy the command"
          hidden
        >
          Copy
        </button>
      </p>
      <div class="ways">
        <div>
          <h3>Chrome, Edge, Brave, Chromium</h3>
          <ol>
            <li>
              Open <code>chrome://extensions</code> and switch on <b>Developer mode</b>.
            </li>
            <li>
              Choose <b>Load unpacked</b>, and the folder <code>{folders.chromium}</code>.
            </li>
            <li>
              Pin <b>pixiehook companion</b> from the puzzle piece beside the address, so that you see its
              badge.
            </li>
          </ol>
        </div>
        <div>
          <h3>Firefox</h3>
          <ol>
            <li>
              Open <code>about:debugging</code> and choose <b>This Firefox</b>.
            </li>
            <li>
              Choose <b>Load Temporary Add-on</b>, and the file <code>{folders.firefox}/manifest.json</code>.
            </li>
            <li>Firefox forgets it when it is closed: then load it and pair it again.</li>
          </ol>
        </div>
      </div>
    </>
  );
}
