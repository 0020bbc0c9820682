import { z } from "@hono/zod-openapi";
import { type Token, tokenInputSchema, tokenScopes } from "../../domain/token.js";
import { moment } from "./common.js";

// Built anew from its shape, so that it carries a name in the OpenAPI document.
export const tokenInput = z.strictObject(tokenInputSchema.shape).openapi("TokenInput");

const shown = {
  id: z.string(),
  name: z.string(),
  scope: z
    .enum(tokenScopes)
    .openapi({ description: "`admin` may do everything, `read` every GET and previews." }),
  hint: z.string().nullable().openapi({ description: "Its last four characters; null for the first token." }),
  createdAt: moment.nullable().openapi({ description: "Null for the first token." }),
  lastUsedAt: moment.nullable().openapi({ description: "Up to the minute; null when it was never used." }),
  expiresAt: moment.nullable().openapi({ description: "Null: never." }),
};

/** A token as it is listed. */
export const tokenSchema = z.object(shown).openapi("Token");

/** A token as the answer that makes it shows it. */
export const newTokenSchema = z
  .object({
    ...shown,
    token: z.string().openapi({ description: "The token itself. It is shown this once." }),
  })
  .openapi("NewToken");

export function viewToken({ id, name, scope, hint, createdAt, lastUsedAt, expiresAt }: Token) {
  return { id, name, scope, hint, createdAt, lastUsedAt, expiresAt };
}
