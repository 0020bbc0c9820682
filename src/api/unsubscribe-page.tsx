import { createHash } from "node:crypto";
import { raw } from "hono/html";
import type { Child } from "hono/jsx";

const style = `:root{color-scheme:light dark;--bg:#f8f7f4;--card:#fff;--ink:#23211e;--soft:#6b675f;--line:#e7e3db;--accent:#1f6f5c;--on:#fff}
@media(prefers-color-scheme:dark){:root{--bg:#161817;--card:#1e2120;--ink:#e9e7e2;--soft:#a19d95;--line:#303433;--accent:#7cc7b0;--on:#10211c}}
*{box-sizing:border-box}
body{margin:0;padding:12vh 1rem 2rem;background:var(--bg);color:var(--ink);font:16px/1.55 -apple-system,"Segoe UI",Roboto,Ubuntu,"Helvetica Neue",Arial,sans-serif}
main{max-width:28rem;margin:0 auto;padding:2rem;border:1px solid var(--line);border-radius:14px;background:var(--card)}
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25;letter-spacing:-.015em}
p{margin:0 0 1rem;color:var(--soft);overflow-wrap:anywhere}
p:last-child,form{margin:0}
strong{color:var(--ink)}
button{padding:.6rem 1.25rem;border:0;border-radius:8px;background:var(--accent);color:var(--on);font:inherit;font-weight:550;cursor:pointer}
button:hover{filter:brightness(1.08)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}`;
const styleHash = createHash("sha256").update(style).digest("base64");

/** The pages load nothing at all; the one form goes back to where it came from. */
export const unsubscribePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

function Page({ title, children }: { title: string; children: Child }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title}</title>
        <style>{raw(style)}</style>
      </head>
      <body>
        <main>
          <h1>{title}</h1>
          {children}
        </main>
      </body>
    </html>
  );
}

/** What a person who followed the link sees. Nothing has happened yet. */
export function AskPage() {
  return (
    <Page title="Stop these emails?">
      <p>You will get no more mail of this kind. Others who get it go on getting it.</p>
      <form method="post">
        <input type="hidden" name="List-Unsubscribe" value="One-Click" />
        <button type="submit">Unsubscribe</button>
      </form>
    </Page>
  );
}

/** It is done, also when it was done before. */
export function DonePage({ recipient }: { recipient: string }) {
  return (
    <Page title="You are unsubscribed">
      <p>
        <strong>{recipient}</strong> gets no more of these emails. One that was on its way already may still
        arrive.
      </p>
      <p>Was this a mistake? The studio that sent the mail can add you again.</p>
    </Page>
  );
}

/** The link leads nowhere: it was changed, or what it belongs to is gone. */
export function InvalidPage() {
  return (
    <Page title="This link is not valid any more">
      <p>The emails may have ended already. If they still come, use the link in the newest one.</p>
    </Page>
  );
}
