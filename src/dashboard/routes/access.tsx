import type { Hono } from "hono";
import type { DashboardEnv } from "../env.js";
import { type Guard, safePath } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { SignIn } from "../pages/sign-in.js";
import type { Render } from "../render.js";

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The way in. Registered before the guard. */
export function registerSignIn(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  app.get("/sign-in", (c) =>
    render.page(c, "Sign in", <SignIn next={safePath(c.req.query("next"))} wrong={false} />),
  );
  app.post("/sign-in", async (c) => {
    const form = await c.req.parseBody();
    const next = safePath(text(form.next));
    if (!context.gate.knows((text(form.token) ?? "").trim())) {
      return render.page(c, "Sign in", <SignIn next={next} wrong={true} />, 401);
    }
    guard.signIn(c);
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
