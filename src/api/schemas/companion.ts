import { z } from "@hono/zod-openapi";
import { sessionStatuses } from "../../domain/account.js";
import {
  errandAnswerForms,
  errandAnswerSchema,
  handOverSchema,
  pairInputSchema,
  readers,
  signInSchema,
} from "../../domain/companion.js";
import type { CompanionState, CompanionView, Pairing } from "../../services/companions.js";
import { moment } from "./common.js";

// Built anew from their shapes, so that they carry a name in the OpenAPI document.
export const pairInput = z.strictObject(pairInputSchema.shape).openapi("PairInput");
export const handOverInput = z.strictObject(handOverSchema.shape).openapi("HandOver");
export const errandAnswerInput = z
  .union(errandAnswerSchema.options, { error: errandAnswerForms })
  .openapi("ErrandAnswer");

/** The longest wait for an errand, in seconds. */
const longestWait = 25;

export const takeInput = z
  .strictObject({
    waitSeconds: z.number().min(0).max(longestWait).openapi({
      description: "For how long to wait when there is nothing to do.",
    }),
    signIn: signInSchema.meta({
      description: "A random text, another one whenever somebody may have signed in or out.",
    }),
  })
  .openapi("ErrandWish");

/** What an operator gives to a browser. */
export const pairingSchema = z
  .object({
    code: z.string().openapi({ description: "Good once. It is shown this once." }),
    link: z.string().openapi({ description: "To be pasted into the companion; opened, it says what to do." }),
    expiresAt: moment,
  })
  .openapi("Pairing");

/** A paired browser as an operator sees it. */
export const companionSchema = z
  .object({
    id: z.string(),
    browser: z.string().openapi({ description: "What it calls itself." }),
    createdAt: moment,
    lastHeardAt: moment.openapi({ description: "Up to half a minute." }),
    connected: z.boolean().openapi({ description: "Whether it was heard of lately." }),
  })
  .openapi("Companion");

export const companionStateSchema = z
  .object({
    account: z.object({ id: z.string(), name: z.string() }),
    session: z.object({
      status: z.enum(sessionStatuses),
      reason: z.string().nullable(),
      epoch: z.number().int().openapi({
        description: "Another number each time that a session was stored or lost.",
      }),
    }),
    readBy: z.enum(readers),
    hosts: z.object({ gallery: z.string(), studio: z.string() }),
    signInUrl: z.string(),
  })
  .openapi("CompanionState");

export const pairedSchema = z
  .object({
    companion: z.string(),
    token: z.string().openapi({ description: "It opens `/companion/v1` and nothing else." }),
    state: companionStateSchema,
  })
  .openapi("Paired");

export const takenSchema = z
  .object({
    state: companionStateSchema,
    errand: z
      .object({
        id: z.string(),
        url: z.string(),
        headers: z.record(z.string(), z.string()),
        withinMs: z.number(),
        maxBodyBytes: z.number().int(),
      })
      .openapi("Errand")
      .nullable(),
  })
  .openapi("TakenErrand");

export function viewCompanion({ id, browser, createdAt, lastHeardAt, connected }: CompanionView) {
  return { id, browser, createdAt, lastHeardAt, connected };
}

export function viewPairing({ code, link, expiresAt }: Pairing) {
  return { code, link, expiresAt };
}

/** Field by field: a companion is told this much of its account, and no more. */
export function viewState({ account, session, readBy, hosts, signInUrl }: CompanionState) {
  return {
    account: { id: account.id, name: account.name },
    session: { status: session.status, reason: session.reason, epoch: session.epoch },
    readBy,
    hosts: { gallery: hosts.gallery, studio: hosts.studio },
    signInUrl,
  };
}
