import { z } from "zod";
import { sourceSchema } from "../api/schemas/account.js";
import { count, title } from "../dashboard/format.js";
import { StartError } from "../errors.js";
import type { AddCommand } from "./command.js";
import { quoted } from "./doctor/finding.js";
import { plain } from "./plain.js";
import { type AccountAnswer, findAccount, listAccounts } from "./remote/accounts.js";
import { type Client, UnansweredError } from "./remote/client.js";
import { type RemoteOptions, reach, withRemote } from "./remote/reach.js";
import { answered, refusalOf } from "./remote/refusal.js";
import type { Terminal } from "./terminal.js";

export interface PollOptions extends RemoteOptions {
  readonly wait: boolean;
  readonly json: boolean;
}

const report = z.object({
  polled: z.number(),
  changed: z.number(),
  events: z.number(),
  failed: z.array(z.object({ source: z.string(), reason: z.string() })),
});
const queued = z.object({ sources: z.number() });
const source = sourceSchema.pick({ id: true, resource: true, collection: true });

/** What came of one account. */
type Polled = { readonly account: string; readonly name: string } & (
  | ({ readonly status: "done" } & z.output<typeof report>)
  /** Not waited for, or not done in time: it goes on. */
  | { readonly status: "running"; readonly sources: number | null }
  | { readonly status: "refused"; readonly reason: string }
);

/** Longer than that no answer is waited for: the service itself gives up waiting a little later. */
const patienceMs = 290_000;

/** `pixiehook poll`: polls one account now, or all. Answers whether nothing failed. */
export async function poll(
  wanted: string | undefined,
  { wait, json, ...remote }: PollOptions,
  environment: NodeJS.ProcessEnv,
  { write, progress, paint, signal }: Terminal,
): Promise<boolean> {
  const { client } = await reach(remote, environment, signal);
  const accounts = await answered(
    wanted === undefined ? listAccounts(client) : findAccount(client, wanted).then((found) => [found]),
  );
  if (accounts.length === 0)
    throw new StartError("No account is watched yet: add one with `pixiehook connect`.");
  let ended = 0;
  const tellProgress = () => progress(`Polling: ${ended} of ${count(accounts.length, "account")} done`);
  tellProgress();
  const results = await Promise.all(
    accounts.map(async (account) => {
      const result = await pollOne(client, account, wait);
      ended += 1;
      tellProgress();
      return result;
    }),
  ).finally(() => progress(""));
  if (json) write(JSON.stringify({ accounts: results }, null, 2));
  for (const result of json ? [] : results) {
    write(sentence(result));
    const failed = result.status === "done" ? result.failed : [];
    const names = failed.length > 0 ? await namesOf(client, result.account) : null;
    const reasons = new Map<string, string[]>();
    for (const { source: id, reason } of failed)
      reasons.set(reason, [...(reasons.get(reason) ?? []), names?.get(id) ?? id]);
    for (const [reason, lists] of reasons)
      write(`  ${paint("red", "✗")} ${plain(`${shortList(lists)}: ${quoted(reason)}`)}.`);
  }
  return results.every(
    (result) => result.status === "running" || (result.status === "done" && result.failed.length === 0),
  );
}

async function pollOne(client: Client, { id, name }: AccountAnswer, wait: boolean): Promise<Polled> {
  const told = { account: id, name };
  const path = `/v1/accounts/${id}/poll${wait ? "?wait=true" : ""}`;
  const began = performance.now();
  try {
    const answer = await client.post(path, {}, z.union([report, queued]), patienceMs);
    if ("sources" in answer) return { ...told, status: "running", sources: answer.sources };
    return { ...told, status: "done", ...answer };
  } catch (error) {
    if (!(error instanceof UnansweredError)) throw error;
    const isLate = error.status === null && performance.now() - began >= patienceMs;
    if (isLate) return { ...told, status: "running", sources: null };
    return { ...told, status: "refused", reason: refusalOf(error).message };
  }
}

function sentence(result: Polled): string {
  const name = plain(result.name);
  switch (result.status) {
    case "refused":
      return `${name}: not polled. ${result.reason}`;
    case "running":
      return result.sources === null
        ? `${name}: still being polled. It goes on by itself.`
        : `${name}: ${count(result.sources, "source")} being polled. It goes on by itself.`;
    case "done": {
      const { polled, changed, events, failed } = result;
      const failures = failed.length === 0 ? "" : `, ${failed.length} failed`;
      return `${name}: ${count(polled, "source")} polled, ${changed} changed, ${count(events, "event")}${failures}.`;
    }
  }
}

/** One line for each reason, not for each source. */
function shortList(lists: readonly string[]): string {
  const [first = "", ...others] = lists;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** `Favorites of Smith Wedding`, for each source by its id. */
async function namesOf(client: Client, account: string): Promise<Map<string, string>> {
  const sources = await answered(client.list(`/v1/accounts/${account}/sources`, source));
  return new Map(
    sources.map(({ id, resource, collection }) => [
      id,
      collection ? `${title(resource)} of ${collection.name ?? collection.id}` : title(resource),
    ]),
  );
}

export const addPoll: AddCommand = (program, { terminal, environment, exitWith }) => {
  withRemote(program.command("poll"))
    .summary("look at an account now, or at all of them")
    .description("poll an account now, or all, and say what came of it; 1 when something failed, else 0")
    .argument("[account]", "its id (acc_…), or its name; all of them unless told")
    .option("--no-wait", "ask for it, and do not stay until it is done")
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", '\nExample:\n  pixiehook poll "Smith Studio"')
    .action(async (account: string | undefined, options: PollOptions) => {
      exitWith((await poll(account, options, environment(), terminal)) ? 0 : 1);
    });
};
