import type { pictures } from "../pictures.js";
import { wrong } from "./fields.js";
import { Picture } from "./picture.js";

interface Browser {
  readonly id: string;
  readonly name: string;
  readonly open: string;
  readonly copy: string;
  readonly picture: keyof typeof pictures;
  readonly says: string;
}

const press = "Press F12 (on a Mac: Option + Command + I) and choose";
const list =
  "The network list: its first line, a request to galleries.pixieset.com, is chosen. Its menu is open";

const browsers: readonly Browser[] = [
  {
    id: "chrome",
    name: "Chrome, Edge or Brave",
    open: `${press} the tab Network.`,
    copy: "Right-click the first line, choose Copy, then Copy as cURL (on Windows either kind will do).",
    picture: "copy-chrome",
    says: `${list} at Copy, and in the menu beside it Copy as cURL is chosen.`,
  },
  {
    id: "firefox",
    name: "Firefox",
    open: `${press} Network.`,
    copy: "Right-click the first line, choose Copy Value, then Copy as cURL.",
    picture: "copy-firefox",
    says: `${list} at Copy Value, and in the menu beside it Copy as cURL is chosen.`,
  },
  {
    id: "safari",
    name: "Safari",
    open: "Once: in Safari’s settings choose Advanced and tick “Show features for web developers”. Then press Option + Command + I and choose Network.",
    copy: "Right-click a request to galleries.pixieset.com and choose Copy as cURL.",
    picture: "copy-safari",
    says: `${list}, and Copy as cURL is chosen in it.`,
  },
];

function Steps({ browser }: { browser: Browser }) {
  return (
    <details class="browser" id={`cookies-${browser.id}`} name="browser" open={browser.id === "chrome"}>
      <summary>{browser.name}</summary>
      <ol>
        <li>Sign in to Pixieset and open your dashboard there, so that you see your collections.</li>
        <li>{browser.open}</li>
        <li>
          Reload the page, and type <code>galleries.pixieset.com</code> into the filter of the list.
          <Picture
            name="network"
            says="Developer tools under a web page: the tab Network is open, its filter says galleries.pixieset.com, and the list below it has a first line to right-click."
          />
        </li>
        <li>
          {browser.copy}
          <Picture name={browser.picture} says={browser.says} />
        </li>
        <li>Paste it into the field above.</li>
      </ol>
    </details>
  );
}

/** How cookies are copied, for each browser, with pictures. */
export function CookiesHelp() {
  return (
    <div class="browsers">
      {browsers.map((browser) => (
        <Steps browser={browser} />
      ))}
    </div>
  );
}

/** Where cookies are pasted. What was pasted before is never written into it. */
export function CookiesInput({ problem }: { problem: string | undefined }) {
  return (
    <>
      <label for="cookies">Cookies of your Pixieset session</label>
      <textarea
        id="cookies"
        name="cookies"
        rows={5}
        required
        spellcheck={false}
        autocomplete="off"
        placeholder="Paste a “Copy as cURL”, a Cookie header, a cookies.txt or a JSON export"
        {...wrong("cookies", problem)}
      />
      {problem === undefined ? null : (
        <p class="problem" id="cookies-problem">
          {problem}
        </p>
      )}
      <p class="meta">
        They open your Pixieset account: pixiehook tries them, keeps them encrypted and shows them nowhere.
      </p>
    </>
  );
}

/** Where cookies are pasted, and under it how to get them. */
export function CookiesField({ problem }: { problem: string | undefined }) {
  return (
    <>
      <CookiesInput problem={problem} />
      <p class="how">How do I get them?</p>
      <CookiesHelp />
    </>
  );
}
