import type { Child } from "hono/jsx";
import type { Assets } from "../assets.js";
import type { Notice } from "../guard.js";
import { Form } from "../parts/form.js";

/** What the frame around every page needs to know. */
export interface Frame {
  readonly assets: Assets;
  readonly version: string;
  /** What the form to sign out carries. Null before sign-in: no navigation then. */
  readonly session: string | null;
  readonly mayChange: boolean;
  readonly path: string;
  readonly notice: Notice | null;
}

const places = [
  ["/", "Home"],
  ["/events", "Events"],
  ["/accounts", "Accounts"],
  ["/subscriptions", "Subscriptions"],
  ["/system", "System"],
  ["/docs", "API"],
] as const;

function Navigation(props: { path: string; session: string; mayChange: boolean }) {
  const { path, session, mayChange } = props;
  const isHere = (place: string) => (place === "/" ? path === "/" : path.startsWith(place));
  return (
    <>
      <nav aria-label="Main">
        {places.map(([place, name]) => (
          <a href={place} aria-current={isHere(place) ? "page" : undefined}>
            {name}
          </a>
        ))}
      </nav>
      <Form form={session} action="/sign-out" class="out">
        {mayChange ? null : <span class="soft">Only looking</span>}
        <a href="/tokens" aria-current={path.startsWith("/tokens") ? "page" : undefined}>
          Tokens
        </a>
        <button type="submit" class="plain">
          Sign out
        </button>
      </Form>
    </>
  );
}

/** The frame around every page. */
export function Layout(props: { frame: Frame; title: string; children: Child }) {
  const { assets, version, session, mayChange, path, notice } = props.frame;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{props.title === "pixiehook" ? props.title : `${props.title} · pixiehook`}</title>
        <link rel="icon" href={assets.icon} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.style} />
        <script src={assets.script} defer />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="bar">
          <div class="inner">
            <a class="brand" href="/">
              <img src={assets.icon} alt="" width="22" height="22" />
              pixiehook
            </a>
            {session === null ? null : <Navigation path={path} session={session} mayChange={mayChange} />}
          </div>
        </header>
        <main id="main" tabindex={-1}>
          {notice ? (
            <div class={`notice ${notice.tone}`} role="status">
              {notice.text}
              {notice.detail ? <pre tabindex={0}>{notice.detail}</pre> : null}
            </div>
          ) : null}
          {props.children}
        </main>
        <footer>pixiehook {version}</footer>
      </body>
    </html>
  );
}
