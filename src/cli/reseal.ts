import type { z } from "zod";
import { resealingSchema } from "../api/routes/reseal.js";
import { count } from "../dashboard/format.js";
import type { AddCommand } from "./command.js";
import { plain } from "./plain.js";
import type { Client } from "./remote/client.js";
import { type RemoteOptions, reach, withRemote } from "./remote/reach.js";
import { answered } from "./remote/refusal.js";
import type { Terminal } from "./terminal.js";

export interface ResealOptions extends RemoteOptions {
  readonly json: boolean;
}

type Answer = z.output<typeof resealingSchema>;

/** A pass that finds something to seal is followed by another: a process that was not restarted yet seals with the older key. */
const mostPasses = 3;

/** What is lost, for people. */
const nouns: Readonly<Record<Answer["lost"][number]["what"], string>> = {
  session: "the session",
  credentials: "the e-mail address and password",
  channel: "the receiver",
  signing_secrets: "the signing secret",
  answer: "an answer that is kept for a day",
};

/**
 * `pixiehook reseal`: has a running service seal everything anew with its first key. Answers whether nothing is left
 * under an older one. What was done stays done, so that one that was cut off is begun again.
 */
export async function reseal(
  { json, ...remote }: ResealOptions,
  environment: NodeJS.ProcessEnv,
  { write, progress, signal }: Terminal,
): Promise<boolean> {
  const { client } = await reach(remote, environment, signal);
  let sealed = 0;
  let last = { checked: 0, sealed: 1, lost: [] as Answer["lost"] };
  try {
    for (let pass = 0; pass < mostPasses && last.sealed > 0; pass++) {
      last = await answered(passOver(client, (checked) => progress(`${count(checked, "secret")} looked at`)));
      sealed += last.sealed;
    }
  } finally {
    progress("");
  }
  const { checked, lost } = last;
  // Those of the last pass were sealed meanwhile by somebody who has the older key in front.
  const left = last.sealed + lost.length;
  if (json) write(JSON.stringify({ checked, sealed, left, lost }, null, 2));
  else for (const line of report({ checked, sealed, left, again: last.sealed, lost })) write(line);
  return left === 0;
}

/** Everything once. */
async function passOver(client: Client, tell: (checked: number) => void): Promise<Omit<Answer, "next">> {
  let [checked, sealed] = [0, 0];
  const lost: Answer["lost"] = [];
  for (let after: string | null = null; ; ) {
    const said: object = after === null ? {} : { after };
    const answer: Answer = await client.post("/v1/reseal", said, resealingSchema, 60_000);
    checked += answer.checked;
    sealed += answer.sealed;
    lost.push(...answer.lost);
    tell(checked);
    if (answer.next === null) return { checked, sealed, lost };
    after = answer.next;
  }
}

function report(told: {
  checked: number;
  sealed: number;
  left: number;
  again: number;
  lost: Answer["lost"];
}): string[] {
  const { checked, sealed, left, again, lost } = told;
  const lines = [`${count(sealed, "secret")} sealed anew, of ${checked.toLocaleString("en-GB")}.`];
  if (left === 0)
    return [...lines, "None is left under an older key: it can be taken out of PIXIEHOOK_SECRET_KEY."];
  if (again > 0)
    lines.push(
      "Some process still seals with an older key: restart every one with the new key in front, and say this again.",
    );
  for (const { what, of } of lost)
    lines.push(plain(`No key opens ${nouns[what]}${of === null ? "" : ` of ${of}`}.`));
  if (lost.length > 0)
    lines.push("Put the key that is missing back into PIXIEHOOK_SECRET_KEY, restart, and say this again.");
  return lines;
}

export const addReseal: AddCommand = (program, { terminal, environment, exitWith }) => {
  withRemote(program.command("reseal"))
    .summary("seal all secrets anew with the first secret key")
    .description(
      "have a running service seal all secrets anew with its first key, to drop an older one; 1 when some are left, else 0",
    )
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", "\nExample:\n  pixiehook reseal")
    .action(async (options: ResealOptions) => {
      exitWith((await reseal(options, environment(), terminal)) ? 0 : 1);
    });
};
