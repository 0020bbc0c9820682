import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Entry } from "../../services/tokens.js";
import type { DashboardEnv } from "../env.js";
import { type Guard, safePath } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { SignIn } from "../pages/sign-in.js";
import type { Render } from "../render.js";

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The address of the client's socket; "" where there is none. */
function addressOf({ env }: Context): string {
  const bindings = env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  return bindings?.incoming?.socket?.remoteAddress ?? "";
}

/** Why a token does not open the dashboard, and the status that says so; null when it does. */
function refusalOf(entry: Entry): { readonly problem: string; readonly status: ContentfulStatusCode } | null {
  switch (entry.kind) {
    case "limited": {
      const wait = `Wait ${entry.retryAfterSeconds} seconds, then try again.`;
      return { problem: `Too many wrong tokens came from this address. ${wait}`, status: 429 };
    }
    case "unknown": {
      const where =
        "The first one is PIXIEHOOK_API_TOKEN, or stands in the file api-token of the data folder.";
      return {
        problem: `This is not the API token, nor another one that opens this page. ${where}`,
        status: 401,
      };
    }
    case "expired":
      return { problem: `This token expired at ${entry.token.expiresAt}. Use another one.`, status: 401 };
    case "known":
      return null;
  }
}

/** The way in. Registered before the guard. */
export function registerSignIn(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  app.get("/sign-in", (c) => render.page(c, "Sign in", <SignIn next={safePath(c.req.query("next"))} />));
  app.post("/sign-in", async (c) => {
    const form = await c.req.parseBody();
    const next = safePath(text(form.next));
    const entry = await context.entrance.enter((text(form.token) ?? "").trim(), addressOf(c));
    const refusal = refusalOf(entry);
    if (entry.kind === "limited") c.header("retry-after", String(entry.retryAfterSeconds));
    if (refusal || !("token" in entry)) {
      const page = <SignIn next={next} problem={refusal?.problem ?? null} />;
      return render.page(c, "Sign in", page, refusal?.status ?? 401);
    }
    await context.services.tokens.noteUse(entry.token);
    guard.signIn(c, entry.token.id);
    return c.redirect(next, 303);
  });
}

/** The way out. */
export function registerSignOut(app: Hono<DashboardEnv>, guard: Guard): void {
  app.post("/sign-out", (c) => {
    guard.signOut(c);
    return c.redirect("/sign-in", 303);
  });
}
