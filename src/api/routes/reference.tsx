import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ErrorsPage } from "../docs/errors.js";
import { ReferencePage } from "../docs/page.js";
import type { Api, ApiDocument } from "../env.js";
import { describeApi } from "../openapi.js";
import type { ApiContext } from "../options.js";

const policy =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The OpenAPI document and its reference page: plain HTML, one style sheet of its own, no script. */
export function registerReference(app: Api, { publicUrl, version }: ApiContext): void {
  const css = readFileSync(new URL("../docs/style.css", import.meta.url), "utf8");
  const hash = createHash("sha256").update(css).digest("hex").slice(0, 12);
  const style = `/docs/style-${hash}.css`;
  // Built when first asked for: routes may be added until then.
  let built: ApiDocument | undefined;
  const document = (): ApiDocument => {
    built ??= describeApi(app, { publicUrl, version });
    return built;
  };

  app.get("/openapi.json", (c) => c.json(document(), 200, { "cache-control": "max-age=300" }));
  app.get(style, (c) =>
    c.body(css, 200, {
      "content-type": "text/css; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
    }),
  );
  app.get("/docs", (c) => {
    c.header("content-security-policy", policy);
    return c.html(`<!doctype html>${<ReferencePage document={document()} style={style} />}`);
  });
  app.get("/docs/errors", (c) => {
    c.header("content-security-policy", policy);
    return c.html(`<!doctype html>${<ErrorsPage style={style} />}`);
  });
}
