import { type Verdict, verifySignature } from "../channels/verify.js";
import { durationMs } from "../domain/duration.js";
import { UsageError } from "../errors.js";
import { duration, time } from "./arguments.js";
import type { AddCommand } from "./command.js";
import { readGiven } from "./file.js";
import type { Terminal } from "./terminal.js";
import { findCause } from "./verify/cause.js";
import { type Received, readHeaders, readRequest } from "./verify/received.js";
import { explainVerdict } from "./verify/verdict.js";

export interface VerifyOptions {
  readonly secret?: string;
  /** Files. */
  readonly headers?: string;
  readonly body?: string;
  /** The three headers. */
  readonly id?: string;
  readonly timestamp?: string;
  readonly signature?: string;
  /** A duration. */
  readonly tolerance: string;
  readonly at?: Date;
  readonly json: boolean;
}

/**
 * `pixiehook verify`: whether the signature of a received webhook is valid, and if not, what is wrong and what to
 * do. Answers whether it is valid. Throws `UsageError` when it was not told enough.
 */
export async function verify(
  options: VerifyOptions,
  environment: NodeJS.ProcessEnv,
  input: AsyncIterable<Uint8Array>,
  terminal: Terminal,
): Promise<boolean> {
  const secret = (options.secret ?? environment.PIXIEHOOK_WEBHOOK_SECRET ?? "").trim();
  if (secret === "")
    throw new UsageError("there is no secret: set PIXIEHOOK_WEBHOOK_SECRET to whsec_…, or give --secret");
  const received = await receive(options, input);
  const rules = { now: options.at ?? new Date(), toleranceSeconds: durationMs(options.tolerance) / 1_000 };
  const check = (body: Uint8Array): Verdict => verifySignature(received.headers, body, secret, rules);
  const verdict = check(received.body);
  const cause = verdict.ok || verdict.code !== "no_match" ? null : findCause(received, check);
  const { sentence, remedy } = explainVerdict(verdict, { received, secret, cause, rules });
  if (options.json) terminal.write(JSON.stringify({ ...facts(verdict), text: sentence, remedy }, null, 2));
  else for (const line of [sentence, remedy]) if (line !== null) terminal.write(line);
  return verdict.ok;
}

/** A verdict as scripts get it. */
function facts(verdict: Verdict) {
  if (!verdict.ok) return { valid: false, code: verdict.code, ageSeconds: verdict.age };
  const { scheme, position, signatures, age } = verdict;
  return { valid: true, scheme, signature: position, signatures, ageSeconds: age };
}

async function receive(options: VerifyOptions, input: AsyncIterable<Uint8Array>): Promise<Received> {
  const { headers: file, body, id, timestamp, signature } = options;
  const given = Object.entries({ id, timestamp, signature }).filter(([, value]) => value !== undefined);
  if (file === undefined && given.length === 0) {
    if (body !== undefined)
      throw new UsageError(
        "a body alone carries no signature: give --headers, or the whole request on stdin",
      );
    return readRequest(await readAll(input));
  }
  const found =
    file === undefined
      ? { id: "", timestamp: "", signature: "" }
      : readHeaders(await readGiven("--headers", file));
  const headers = { ...found, ...Object.fromEntries(given.map(([name, value]) => [name, value?.trim()])) };
  const bytes = body === undefined ? await readAll(input) : await readGiven("--body", body);
  return { headers, body: bytes, missing: 0, surplus: 0 };
}

async function readAll(input: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const examples = `
Examples:
  export PIXIEHOOK_WEBHOOK_SECRET=whsec_…
  pixiehook verify < request.http      head, an empty line, body: as they came
  pixiehook verify --headers headers.txt < body.json
  pixiehook verify --id evt_… --timestamp 1795169702 --signature v1,… < body.raw`;

export const addVerify: AddCommand = (program, { terminal, environment, exitWith }) => {
  program
    .command("verify")
    .summary("check the signature of a received webhook")
    .description("check the signature of a received webhook; 0 when it is valid, 1 when not, 2 when unclear")
    .option(
      "--secret <text>",
      "whsec_… or whpk_…; better in PIXIEHOOK_WEBHOOK_SECRET, which no process list shows",
    )
    .option("--headers <file>", "the headers as they came, a line each")
    .option("--id <text>", "the webhook-id header")
    .option("--timestamp <text>", "the webhook-timestamp header")
    .option("--signature <text>", "the webhook-signature header")
    .option("--body <file>", "the raw body; standard input unless told")
    .option("--tolerance <duration>", "how old or early it may be", duration, "5m")
    .option("--at <time>", "judge its age at this time (Unix seconds or ISO 8601) instead of now", time)
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", examples)
    .action(async (options: VerifyOptions) => {
      if (options.body === undefined && process.stdin.isTTY)
        terminal.note("Reading what is typed or pasted here; Ctrl-D ends it.");
      exitWith((await verify(options, environment(), process.stdin, terminal)) ? 0 : 1);
    });
};
