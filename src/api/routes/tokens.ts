import { z } from "@hono/zod-openapi";
import { isExpired } from "../../domain/token.js";
import { answer, body, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import { unlessRefused } from "../failures.js";
import type { ApiContext } from "../options.js";
import { pageRequest } from "../pages.js";
import { notFound, ProblemError } from "../problem.js";
import { idParam, listOf, pageQuery } from "../schemas/common.js";
import { newTokenSchema, tokenInput, tokenSchema, viewToken } from "../schemas/token.js";

const tags = ["Tokens"];
const example = examples.token;
const params = idParam(example.id);

const create = endpoint({
  method: "post",
  path: "/v1/tokens",
  operationId: "createToken",
  summary: "Make an API token",
  description:
    "For a program or a person of its own, so that it can be ended by itself. The token is in this answer and " +
    "nowhere else: only its hash is kept.",
  tags,
  request: { body: body(tokenInput, { name: "reporting", scope: "read", expiresAt: example.expiresAt }) },
  responses: {
    201: answer("The token, shown this once.", newTokenSchema, { ...example, token: examples.tokenText }),
  },
});

const list = endpoint(
  {
    method: "get",
    path: "/v1/tokens",
    operationId: "listTokens",
    summary: "List the API tokens",
    description:
      "Newest first, without the tokens themselves. The last one, `tok_first`, is the token of the settings: it " +
      "opens everything and is changed where pixiehook runs.",
    tags,
    request: { query: z.strictObject(pageQuery) },
    responses: {
      200: answer("A page.", listOf("TokenList", tokenSchema), { data: [example], next: null }),
    },
  },
  ["invalid_cursor"],
);

const get = endpoint(
  {
    method: "get",
    path: "/v1/tokens/{id}",
    operationId: "getToken",
    summary: "One API token",
    tags,
    request: { params },
    responses: { 200: answer("The token, without the token itself.", tokenSchema, example) },
  },
  ["not_found"],
);

const remove = endpoint(
  {
    method: "delete",
    path: "/v1/tokens/{id}",
    operationId: "deleteToken",
    summary: "End an API token",
    description:
      "At once, in every process. Open event streams and dashboard sessions that came of it end, too.",
    tags,
    request: { params },
    responses: { 204: { description: "It opens nothing any more." } },
  },
  ["not_found", "token_is_setting"],
);

/** The tokens that open this API. */
export function registerTokens(app: Api, { services, now }: ApiContext): void {
  const { tokens } = services;

  app.openapi(create, async (c) => {
    const input = c.req.valid("json");
    if (isExpired(input, now())) {
      const message = "must lie ahead: leave it out for a token that does not expire";
      throw new ProblemError("invalid_request", `The body is not valid. expiresAt: ${message}.`, [
        { path: "expiresAt", message },
      ]);
    }
    const { token, secret } = await tokens.create(input);
    return c.json({ ...viewToken(token), token: secret }, 201, { location: `/v1/tokens/${token.id}` });
  });

  app.openapi(list, async (c) => {
    const { data, next } = await tokens.list(pageRequest(c.req.valid("query")));
    return c.json({ data: data.map(viewToken), next }, 200);
  });

  app.openapi(get, async (c) => {
    const { id } = c.req.valid("param");
    const token = await tokens.get(id);
    if (!token) throw notFound("token", id);
    return c.json(viewToken(token), 200);
  });

  app.openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    const removed = await tokens.remove(id);
    if (!removed) throw notFound("token", id);
    unlessRefused(removed);
    return c.body(null, 204);
  });
}
