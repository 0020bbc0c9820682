import type { Hono } from "hono";
import type { DashboardEnv } from "../env.js";
import type { DashboardContext } from "../options.js";
import { SystemPage } from "../pages/system.js";
import type { Render } from "../render.js";

/** What goes on within: for those who run pixiehook. */
export function registerSystemPage(
  app: Hono<DashboardEnv>,
  { services, version, publicUrl, now }: DashboardContext,
  render: Render,
): void {
  app.get("/system", async (c) => {
    const system = await services.system.read();
    const view = { system, version, publicUrl, now: now() };
    return render.page(c, "System", <SystemPage {...view} />);
  });
}
