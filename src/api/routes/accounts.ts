import { z } from "@hono/zod-openapi";
import { sourceStatuses } from "../../domain/source.js";
import type { SourceView } from "../../services/accounts.js";
import { answer, body, created, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import { unlessRefused } from "../failures.js";
import type { ApiContext } from "../options.js";
import { type KeyOrder, pageInOrder, pageRequest } from "../pages.js";
import { notFound } from "../problem.js";
import {
  accountInput,
  accountPatch,
  accountSchema,
  sourceSchema,
  viewAccount,
  viewSource,
} from "../schemas/account.js";
import { idParam, listOf, pageQuery } from "../schemas/common.js";

const tags = ["Accounts"];
const path = "/v1/accounts/{id}" as const;
const params = idParam(examples.account.id);
const example = examples.account;

const create = endpoint(
  {
    method: "post",
    path: "/v1/accounts",
    operationId: "createAccount",
    summary: "Watch an account",
    description:
      "With a session, it is tried before it is stored, and the silent baseline starts by itself. " +
      "Without one the account is `unverified` and waits for `PUT /v1/accounts/{id}/session`. With `email` and " +
      "`password` they are kept, encrypted, and renew the session when it ends.",
    tags,
    request: {
      body: body(accountInput, { name: "Smith Studio", session: { cookies: "PIXIESET_SESSION=…; XSRF=…" } }),
    },
    responses: { 201: created("The account is watched.", accountSchema, example) },
  },
  ["session_rejected", "session_unreadable", "login_not_configured", "upstream_unreachable"],
);

const list = endpoint(
  {
    method: "get",
    path: "/v1/accounts",
    operationId: "listAccounts",
    summary: "List the accounts",
    tags,
    request: { query: z.strictObject(pageQuery) },
    responses: {
      200: answer("A page.", listOf("AccountList", accountSchema), { data: [example], next: null }),
    },
  },
  ["invalid_cursor"],
);

const get = endpoint(
  {
    method: "get",
    path,
    operationId: "getAccount",
    summary: "One account",
    tags,
    request: { params },
    responses: { 200: answer("The account.", accountSchema, example) },
  },
  ["not_found"],
);

const update = endpoint(
  {
    method: "patch",
    path,
    operationId: "updateAccount",
    summary: "Change an account",
    description:
      "Fields that are not sent stay as they are. `credentials: null` forgets the e-mail address and password that " +
      "renew the session; new ones come by `PUT /v1/accounts/{id}/session`.",
    tags,
    request: { params, body: body(accountPatch, { polling: { requestsPerMinute: 10 } }) },
    responses: { 200: answer("The account as it is now.", accountSchema, example) },
  },
  ["not_found", "companion_missing"],
);

const remove = endpoint(
  {
    method: "delete",
    path,
    operationId: "deleteAccount",
    summary: "Forget an account",
    description: "Deletes all that is kept of it, its events too, and the subscriptions that name it.",
    tags,
    request: { params },
    responses: { 204: { description: "It is gone." } },
  },
  ["not_found"],
);

const sources = endpoint(
  {
    method: "get",
    path: `${path}/sources`,
    operationId: "listSources",
    summary: "What is polled, how often and with what success",
    tags,
    request: {
      params,
      query: z.strictObject({
        status: z.enum(sourceStatuses).optional().openapi({ description: "Only with this status." }),
        ...pageQuery,
      }),
    },
    responses: {
      200: answer("A page.", listOf("SourceList", sourceSchema), { data: [examples.source], next: null }),
    },
  },
  ["not_found", "invalid_cursor"],
);

/** The lists of the whole account first, then those of its collections. */
const byResource: KeyOrder<SourceView> = {
  keyOf: ({ scope, resource, id }) => `${scope ? 1 : 0} ${resource} ${id}`,
  form: /^[01] [a-z_]+ src_[0-9a-z]+$/,
};

/** Accounts and what is polled of them. */
export function registerAccounts(app: Api, { services }: ApiContext): void {
  const { accounts } = services;

  app.openapi(create, async (c) => {
    const { account } = unlessRefused(await accounts.create(c.req.valid("json")));
    return c.json(viewAccount(account), 201, { location: `/v1/accounts/${account.id}` });
  });

  app.openapi(list, async (c) => {
    const { data, next } = await accounts.list(pageRequest(c.req.valid("query")));
    return c.json({ data: data.map(viewAccount), next }, 200);
  });

  app.openapi(get, async (c) => {
    const { id } = c.req.valid("param");
    const account = await accounts.get(id);
    if (!account) throw notFound("account", id);
    return c.json(viewAccount(account), 200);
  });

  app.openapi(update, async (c) => {
    const { id } = c.req.valid("param");
    const updated = await accounts.update(id, c.req.valid("json"));
    if (!updated) throw notFound("account", id);
    return c.json(viewAccount(unlessRefused(updated)), 200);
  });

  app.openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    if (!(await accounts.remove(id))) throw notFound("account", id);
    return c.body(null, 204);
  });

  app.openapi(sources, async (c) => {
    const { id } = c.req.valid("param");
    const { status, ...query } = c.req.valid("query");
    const all = await accounts.sources(id);
    if (!all) throw notFound("account", id);
    const wanted = status === undefined ? all : all.filter((source) => source.status === status);
    const { data, next } = pageInOrder(wanted, byResource, pageRequest(query));
    return c.json({ data: data.map(viewSource), next }, 200);
  });
}
