import { z } from "@hono/zod-openapi";
import { answer, body, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import type { ApiContext } from "../options.js";
import { pageQuery } from "../schemas/common.js";

const input = z.strictObject({ after: pageQuery.after }).openapi("ResealInput");

const count = (description: string) => z.number().int().openapi({ description });

/** The answer, as the command reads it too. */
export const resealingSchema = z
  .object({
    checked: count("Sealed texts that were looked at."),
    sealed: count("Those of them that were under an older key, and are under the first one now."),
    lost: z
      .array(
        z.object({
          what: z.enum(["session", "credentials", "channel", "signing_secrets", "answer"]),
          of: z
            .string()
            .nullable()
            .openapi({ description: "The account or subscription; null for an answer." }),
        }),
      )
      .openapi({ description: "What no key of `PIXIEHOOK_SECRET_KEY` opens: it is left as it is." }),
    next: z.string().nullable().openapi({ description: "Goes into `after` to go on; null at the end." }),
  })
  .openapi("Resealing");

const reseal = endpoint(
  {
    method: "post",
    path: "/v1/reseal",
    operationId: "reseal",
    summary: "Seal everything anew with the first secret key",
    description:
      "For changing `PIXIEHOOK_SECRET_KEY`: cookies, credentials, channels, signing secrets and kept answers that are " +
      "encrypted with an older key of the list are encrypted with the first one. None of them changes, and whatever runs goes " +
      "on. A request works for about a second: ask again with `next` until it is null. `pixiehook reseal` does.",
    tags: ["Operations"],
    request: { body: body(input, {}, false) },
    responses: {
      200: answer("What was done.", resealingSchema, { checked: 412, sealed: 410, lost: [], next: null }),
    },
  },
  ["invalid_cursor"],
);

/** What is encrypted at rest, put under another key. */
export function registerReseal(app: Api, { services }: ApiContext): void {
  app.openapi(reseal, async (c) => {
    const { after = null } = c.req.valid("json") ?? {};
    const { lost, ...told } = await services.seals.reseal(after);
    return c.json({ ...told, lost: [...lost] }, 200);
  });
}
