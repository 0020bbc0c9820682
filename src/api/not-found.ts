import type { Hono, NotFoundHandler } from "hono";
import type { ApiEnv } from "./env.js";
import type { Pages } from "./options.js";
import { answerProblem } from "./problem.js";

function matcher(path: string): RegExp {
  const source = path
    .split("/")
    .map((part) => (part.startsWith(":") ? "[^/]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")))
    .join("/");
  return new RegExp(`^${source}$`);
}

/** The methods that some route has for this path. */
function methodsOf(app: Hono<ApiEnv>, path: string): string[] {
  const methods = app.routes
    .filter((route) => route.method !== "ALL" && matcher(route.path).test(path))
    .map((route) => route.method);
  if (methods.includes("GET")) methods.push("HEAD");
  return [...new Set(methods)].sort();
}

/** Answers what no route took: 405 for a wrong method, the dashboard for its pages, 404 for the rest. */
export function answerUnrouted(
  app: Hono<ApiEnv>,
  options: { publicUrl: string; dashboard: Pages | undefined },
): NotFoundHandler<ApiEnv> {
  return (c) => {
    const { method, path } = c.req;
    const allowed = methodsOf(app, path);
    if (allowed.length > 0) {
      const detail = `${path} takes ${allowed.join(", ")}, not ${method}.`;
      const problem = { code: "method_not_allowed", detail } as const;
      return answerProblem(c, options.publicUrl, problem, { allow: allowed.join(", ") });
    }
    // A base address that ends with a slash makes two of it: still somebody who asks the API, and not for a page.
    const ours = /^\/+(companion\/+)?v1(\/|$)/.test(path);
    if (!ours && options.dashboard) {
      return options.dashboard.fetch(c.req.raw, { ...(c.env as object), log: c.get("log") });
    }
    const remedy = path.startsWith("//")
      ? "Leave out all slashes at its beginning but one."
      : "GET /openapi.json describes all of them.";
    const detail = `There is no route ${path}. ${remedy}`;
    return answerProblem(c, options.publicUrl, { code: "route_not_found", detail });
  };
}
