import { z } from "@hono/zod-openapi";

/** A moment in an answer. */
export const moment = z.string().openapi({ format: "date-time", example: "2026-11-20T10:15:00.000Z" });

const momentForms = "an ISO 8601 time with a zone, such as 2026-11-20T10:15:00Z, or a date";

/** A moment in a query: ISO 8601 with a zone, or a date, which means its midnight in UTC. Read as UTC. */
export const momentQuery = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: ({ input }) => `${input === undefined ? "is required:" : "must be"} ${momentForms}`,
  })
  .transform((text) => new Date(text).toISOString());

const pageSizes = "must be a whole number from 1 to 200";

/** How many of a list are wanted. */
export function limitQuery(preset: number) {
  return z
    .string({ error: pageSizes })
    .regex(/^\d{1,3}$/, pageSizes)
    .transform(Number)
    .pipe(z.number().min(1, pageSizes).max(200, pageSizes))
    .default(preset)
    .openapi({
      description: "How many at most.",
      type: "integer",
      minimum: 1,
      maximum: 200,
      default: preset,
    });
}

/** What every list takes. */
export const pageQuery = {
  limit: limitQuery(50),
  after: z.string().min(1).max(1_000).optional().openapi({ description: "The `next` of the page before." }),
};

/** What every list answers. */
export function listOf<S extends z.ZodType>(name: string, item: S) {
  return z
    .object({
      data: z.array(item),
      next: z
        .string()
        .nullable()
        .openapi({ description: "Goes into `after` for the next page; null at the end." }),
    })
    .openapi(name);
}

const owners: Record<string, string> = {
  acc: "an account",
  evt: "an event",
  sub: "a subscription",
  dlv: "a delivery",
  tok: "a token",
  err: "an errand",
};

/** An id in an address. Any text passes: what does not exist is a 404, whatever its form. */
export function idParam(example: string) {
  const owner = owners[example.slice(0, example.indexOf("_"))] ?? "what is meant";
  const description = `The id of ${owner}.`;
  return z.object({ id: z.string().openapi({ param: { name: "id", in: "path" }, description, example }) });
}

/** A problem, as every failure answers it. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ format: "uri-reference", description: "Where the code is explained." }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().openapi({ description: "What is wrong in this case, and what to do." }),
    code: z.string().openapi({ description: "Stable: made for programs." }),
    requestId: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "Each wrong place of the input." }),
  })
  .openapi("Problem");
