import { html } from "hono/html";

const page = (title: string, body: unknown) => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title} | Pixieset</title></head>
<body><main><h1>${title}</h1>${body}</main></body></html>`;

/** The form as a person meets it; `trouble`: what was wrong with what was sent. */
export const logInPage = (trouble: string | null) =>
  page(
    "Log in",
    html`${trouble === null ? "" : html`<p role="alert">${trouble}</p>`}
<form method="post" action="login"><input type="hidden" name="_token" value="t0k3n">
<p><label>Email <input name="email" type="email" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button>Log in</button></p></form>`,
  );

/** Where a person is when signed in. */
export const dashboardPage = (owner: { readonly businessName: string; readonly email: string }) =>
  page(
    owner.businessName,
    html`<p>Signed in as ${owner.email}.</p><form method="post" action="logout"><button>Log out</button></form>`,
  );

/** What stands before every page until a person has said to be one. `action`: where that is said. */
export const challengePage = (action: string) => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Just a moment...</title></head><body>
<h1>Checking your browser before you continue</h1>
<script>window._cf_chl_opt={cType:"managed"};</script>
<form id="challenge-form" class="cf-turnstile" method="post" action="${action}"><button>I am human</button></form>
</body></html>`;
