import { z } from "@hono/zod-openapi";
import { answer, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import type { ApiContext } from "../options.js";
import { notFound } from "../problem.js";
import { idParam, listOf } from "../schemas/common.js";
import { companionSchema, pairingSchema, viewCompanion, viewPairing } from "../schemas/companion.js";

const tags = ["Accounts"];
const params = idParam(examples.account.id);

const pair = endpoint(
  {
    method: "post",
    path: "/v1/accounts/{id}/pairings",
    operationId: "createPairing",
    summary: "Make a code that pairs a browser with an account",
    description:
      "Whoever has the code can pair one browser with the account within ten minutes. The companion in that browser can then " +
      "hand over the account's session and read for it, and nothing else.",
    tags,
    request: { params },
    responses: { 201: answer("The code, shown this once.", pairingSchema, examples.pairing) },
  },
  ["not_found"],
);

const list = endpoint(
  {
    method: "get",
    path: "/v1/accounts/{id}/companions",
    operationId: "listCompanions",
    summary: "List the browsers that are paired with an account",
    description: "Newest first, all of them.",
    tags,
    request: { params },
    responses: {
      200: answer("All of them.", listOf("CompanionList", companionSchema), {
        data: [examples.companion],
        next: null,
      }),
    },
  },
  ["not_found"],
);

const remove = endpoint(
  {
    method: "delete",
    path: "/v1/accounts/{id}/companions/{companion}",
    operationId: "deleteCompanion",
    summary: "End a pairing",
    description: "At once, in every process: the companion's token opens nothing any more.",
    tags,
    request: {
      params: params.extend({
        companion: z.string().openapi({
          param: { name: "companion", in: "path" },
          description: "The id of a paired browser.",
          example: examples.companion.id,
        }),
      }),
    },
    responses: { 204: { description: "It is ended." } },
  },
  ["not_found"],
);

/** The browsers of an account, for those who look after it. */
export function registerCompanions(app: Api, { services }: ApiContext): void {
  const { companions } = services;

  app.openapi(pair, async (c) => {
    const { id } = c.req.valid("param");
    const pairing = await companions.pairing(id);
    if (!pairing) throw notFound("account", id);
    return c.json(viewPairing(pairing), 201);
  });

  app.openapi(list, async (c) => {
    const { id } = c.req.valid("param");
    const all = await companions.list(id);
    if (!all) throw notFound("account", id);
    return c.json({ data: all.map(viewCompanion), next: null }, 200);
  });

  app.openapi(remove, async (c) => {
    const { id, companion } = c.req.valid("param");
    if (!(await companions.remove(id, companion))) throw notFound("companion", companion);
    return c.body(null, 204);
  });
}
