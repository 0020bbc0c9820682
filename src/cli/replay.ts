import { setTimeout as sleep } from "node:timers/promises";
import { Option } from "commander";
import type { z } from "zod";
import { replaySchema } from "../api/schemas/replay.js";
import { count } from "../dashboard/format.js";
import { type ReplayChoice, replayChoices } from "../domain/replay.js";
import { moment } from "./arguments.js";
import type { AddCommand } from "./command.js";
import type { Client } from "./remote/client.js";
import { type RemoteOptions, reach, withRemote } from "./remote/reach.js";
import { answered } from "./remote/refusal.js";
import type { Terminal } from "./terminal.js";

export interface ReplayOptions extends RemoteOptions {
  /** ISO 8601, in UTC. */
  readonly since: string;
  readonly until?: string;
  readonly only: ReplayChoice;
  readonly wait: boolean;
  readonly json: boolean;
}

type Answer = z.output<typeof replaySchema>;

const optionNames = { since: "--since", until: "--until" };
const lookEveryMs = 500;

/**
 * `pixiehook replay`: asks a running service to send past events to a subscription again. Throws `StartError` or
 * `UsageError` for what stands in the way. A wait that is interrupted leaves the replay going on.
 */
export async function replay(
  subscription: string,
  { url, token, wait, json, ...asked }: ReplayOptions,
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<void> {
  const { client } = await reach({ url, token }, environment);
  const path = `/v1/subscriptions/${encodeURIComponent(subscription)}`;
  const say = (line: string) => (json ? undefined : terminal.write(line));
  const begun = await answered(client.post(`${path}/replay`, asked, replaySchema), optionNames);
  if (begun.count === 0 && !json) return terminal.write("There is nothing to send again.");
  say(beginning(begun));
  const last = wait ? await answered(follow(client, `${path}/replays/${begun.id}`, begun, terminal)) : begun;
  if (json) terminal.write(JSON.stringify(last, null, 2));
  else terminal.write(ending(last, wait));
}

/** Looks until the replay has ended. On a terminal one line shows how far it has come. */
async function follow(
  client: Client,
  path: string,
  begun: Answer,
  { progress, signal }: Terminal,
): Promise<Answer> {
  let last = begun;
  try {
    while (last.status === "running" && !signal.aborted) {
      progress(howFar(last));
      await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) last = await client.get(path, replaySchema);
    }
  } finally {
    progress("");
  }
  return last;
}

function beginning({ count: many, id }: Answer): string {
  return many === null ? `Sending again (${id}).` : `Sending ${count(many, "event")} again (${id}).`;
}

function howFar({ count: many, queued }: Answer): string {
  return many === null ? `${count(queued, "event")} so far` : `${queued} of ${count(many, "event")}`;
}

function ending({ status, queued, skipped }: Answer, waited: boolean): string {
  if (status === "running") return waited ? "It goes on without you." : "It goes on by itself.";
  const word = status === "done" ? "Done" : "Cancelled";
  return `${word}: ${count(queued, "event")} put into the mailbox, ${skipped} left as they are.`;
}

export const addReplay: AddCommand = (program, { terminal, environment }) => {
  withRemote(program.command("replay"))
    .summary("send past events to a subscription again")
    .description("send past events to a subscription again, from a running service")
    .argument("<subscription>", "its id (sub_…)")
    .requiredOption("--since <time>", "a time, a date, or how long ago, such as 2d", moment)
    .option("--until <time>", "the same; now unless told", moment)
    .addOption(
      new Option("--only <what>", "what failed, what was never made, or both and what was delivered")
        .choices([...replayChoices])
        .default("failed"),
    )
    .option("--wait", "stay until it is done, and show how far it has come", false)
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", "\nExample:\n  pixiehook replay sub_… --since 2d --only missing --wait")
    .action((subscription: string, options: ReplayOptions) =>
      replay(subscription, options, environment(), terminal),
    );
};
