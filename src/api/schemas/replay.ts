import { z } from "@hono/zod-openapi";
import { type Replay, replayChoices, replayStatuses } from "../../domain/replay.js";
import { moment, momentQuery } from "./common.js";

const momentInput = (description: string) =>
  momentQuery.openapi({
    description,
    type: "string",
    format: "date-time",
    example: "2026-11-20T10:15:00.000Z",
  });

const choiceSchema = z.enum(replayChoices).openapi({
  description:
    "`failed`: deliveries that failed. `missing`: events that it wants, as it is now, and never got. " +
    "`all`: both, and what was delivered.",
});

export const replayInput = z
  .strictObject({
    since: momentInput(
      "Only events committed at this time or later. They are kept for 30 days unless `PIXIEHOOK_RETENTION` says otherwise.",
    ),
    until: momentInput("Only events committed before this time; now unless told.").optional(),
    only: choiceSchema,
  })
  .refine(({ since, until }) => until === undefined || since < until, {
    path: ["until"],
    error: "must be later than since",
  })
  .openapi("ReplayInput");

const counter = (description: string) => z.number().int().openapi({ description });

export const replaySchema = z
  .object({
    id: z.string(),
    subscription: z.string(),
    since: moment,
    until: moment,
    only: choiceSchema,
    status: z.enum(replayStatuses),
    count: z
      .number()
      .int()
      .nullable()
      .openapi({ description: "Events that it was to send; null when that took too long to count." }),
    matched: counter("Events that concern the subscription, so far: `queued` and `skipped`."),
    queued: counter("Events put into the mailbox again, so far."),
    skipped: counter("Events left as they are, so far: not asked for, or on their way."),
    createdAt: moment,
    finishedAt: moment.nullable(),
  })
  .openapi("Replay");

/** A replay as it is shown. */
export function viewReplay(replay: Replay): z.output<typeof replaySchema> {
  const { position: _position, lastMade: _lastMade, ...shown } = replay;
  return shown;
}
