import { z } from "@hono/zod-openapi";
import {
  accountInputSchema,
  accountPatchSchema,
  type SessionState,
  sessionRenewals,
  sessionStatuses,
} from "../../domain/account.js";
import { readers } from "../../domain/companion.js";
import { identities } from "../../domain/identity.js";
import { resourceNames } from "../../domain/record.js";
import { sourceStatuses } from "../../domain/source.js";
import type { AccountView, SourceView } from "../../services/accounts.js";
import { moment } from "./common.js";

// Built anew from their shapes, so that they carry a name in the OpenAPI document.
export const accountInput = z.strictObject(accountInputSchema.shape).openapi("AccountInput");
export const accountPatch = z.strictObject(accountPatchSchema.shape).openapi("AccountPatch");

export const sessionSchema = z
  .object({
    status: z.enum(sessionStatuses),
    checkedAt: moment.nullable(),
    user: z.object({ name: z.string().nullable(), email: z.string().nullable() }).nullable(),
    reason: z.string().nullable().openapi({ description: "Why it is not active; null when it is." }),
    renewal: z.enum(sessionRenewals).openapi({
      description: "What renews it when it ends: stored credentials, or cookies that somebody hands over.",
    }),
  })
  .openapi("Session");

const budgetSchema = z
  .object({
    requestsPerMinute: z.number().openapi({ description: "What `polling` allows." }),
    pace: z.number().openapi({
      description:
        "The share of it, up to 1, that is used at most. It is halved when Pixieset refuses requests or cannot answer, " +
        "and comes back within half an hour.",
    }),
    effectiveRequestsPerMinute: z.number().openapi({
      description: "What is possible just now, with what Pixieset says of a budget of its own.",
    }),
    restingUntil: moment.nullable().openapi({
      description: "Until when no request is made at all, because Pixieset asked for a pause; else null.",
    }),
    usedLastMinute: z.number().int().openapi({ description: "Requests of the last minute." }),
  })
  .openapi("Budget");

export const accountSchema = z
  .object({
    id: z.string().openapi({ example: "acc_0123456789abcdef" }),
    name: z.string(),
    session: sessionSchema,
    resources: z.array(z.enum(resourceNames)).nullable(),
    collections: z.union([z.literal("all"), z.array(z.string())]),
    polling: z.object({
      requestsPerMinute: z.number(),
      minIntervalSeconds: z.number(),
      maxIntervalMinutes: z.number(),
    }),
    budget: budgetSchema,
    readBy: z.enum(readers).openapi({
      description:
        "Who asks Pixieset for the lists: the `server` with the session that it has, or the `browser` with its own.",
    }),
    browser: z
      .object({ status: z.enum(["connected", "away"]), lastHeardAt: moment })
      .nullable()
      .openapi({
        description:
          "The browsers that are paired with it, taken together; null when there is none. While `readBy` is `browser` and " +
          "this is `away`, nothing is read: open the browser.",
      }),
    timezone: z.string(),
    backfill: z.boolean(),
    floodThreshold: z.number().int(),
    createdAt: moment,
  })
  .openapi("Account");

export const sourceSchema = z
  .object({
    id: z.string(),
    resource: z.enum(resourceNames),
    collection: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
    status: z.enum(sourceStatuses),
    lastPolledAt: moment.nullable(),
    lastChangedAt: moment.nullable(),
    nextPollAt: moment.nullable(),
    expectedDelaySeconds: z
      .number()
      .nullable()
      .openapi({
        description:
          "Expected time between a change and its event, with the budget as it is just now; null while it is not polled, " +
          "or has an appointment.",
      }),
    records: z.number().int(),
    unreadable: z.number().int().openapi({
      description: "Rows of the last good poll that could not be read; they are left out, `reason` says why.",
    }),
    missing: z.number().int().openapi({
      description:
        "Records that the list lacks just now, and that have to be missing again to be told as removed.",
    }),
    knownBy: z
      .enum(identities)
      .nullable()
      .openapi({
        description:
          "What the rows are known by: their own id; what they are about, where they have none; or that and their " +
          "occurrence, where several are alike and only what is new can be told. Null as long as there were no rows.",
      }),
    ignoredFields: z.array(z.string()).openapi({
      description: "Fields that change by themselves: not compared until they hold still again.",
    }),
    failures: z.number().int().openapi({ description: "Failed polls in a row." }),
    reason: z.string().nullable(),
  })
  .openapi("Source");

/** A session as it is shown: field by field, so that nothing else can slip into an answer. */
export function viewSession(session: SessionState): z.output<typeof sessionSchema> {
  const { status, checkedAt, user, reason, renewal } = session;
  return { status, checkedAt, user: user && { name: user.name, email: user.email }, reason, renewal };
}

/** An account as it is shown. */
export function viewAccount(account: AccountView): z.output<typeof accountSchema> {
  const { id, name, resources, collections, polling, timezone, backfill, floodThreshold, createdAt } =
    account;
  const { readBy, browser } = account;
  const { requestsPerMinute, pace, effectiveRequestsPerMinute, restingUntil, usedLastMinute } =
    account.budget;
  const session = viewSession(account.session);
  const budget = { requestsPerMinute, pace, effectiveRequestsPerMinute, restingUntil, usedLastMinute };
  const settings = { polling, budget, readBy, browser, timezone, backfill, floodThreshold };
  return { id, name, session, resources, collections, ...settings, createdAt };
}

/** A source as it is shown. */
export function viewSource(source: SourceView): z.output<typeof sourceSchema> {
  const { id, resource, scope, status, lastPolledAt, lastChangedAt, nextPollAt } = source;
  const { expectedDelaySeconds, records, unreadable, missing, failures, reason } = source;
  const known = { knownBy: source.identity?.by ?? null, ignoredFields: [...source.aside.paths] };
  const collection = scope && { id: scope.id, name: scope.name };
  const times = { lastPolledAt, lastChangedAt, nextPollAt, expectedDelaySeconds };
  return {
    id,
    resource,
    collection,
    status,
    ...times,
    records,
    unreadable,
    missing,
    ...known,
    failures,
    reason,
  };
}
