import type { Config } from "../../config.js";
import { answers } from "../doctor/answers.js";
import { type Finding, good, problem, quoted } from "../doctor/finding.js";
import { createClient, UnansweredError } from "./client.js";

/** Where a service that runs with these settings may be, the nearest first. */
export function addressesOf(config: Config | null): string[] {
  if (config === null) return [];
  const { port, host } = config.http;
  const everywhere = host === "0.0.0.0" || host === "::";
  const name = everywhere ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  const local = port === 0 ? [] : [`http://${name}:${port}`];
  return [...new Set([...local, plainAddress(config.publicUrl)])].filter((each) => !each.endsWith(":0"));
}

/** The first address at which pixiehook answers. The token is told to nobody else. */
export async function findService(
  addresses: readonly string[],
): Promise<{ readonly address: string | null; readonly finding: Finding }> {
  const remedy = "Start it with `npm start`, or say where it is with --url.";
  if (addresses.length === 0)
    return {
      address: null,
      finding: problem(
        "service_unknown",
        "The settings do not say where the service is.",
        "Say where it is with --url.",
      ),
    };
  let failure = "";
  for (const address of addresses) {
    try {
      const { version } = await createClient(address, null).get("/healthz", answers.health);
      return { address, finding: good("service_answers", `It answers: pixiehook ${version}.`) };
    } catch (error) {
      if (!(error instanceof UnansweredError)) throw error;
      const { status } = error;
      if (status === 503) {
        const text = `The service at ${address} is starting.`;
        return { address: null, finding: problem("service_starting", text, "Ask again in a moment.") };
      }
      failure ||=
        status === null
          ? `No service answers at ${address} (${quoted(error.message)}).`
          : `What answers at ${address} is not pixiehook.`;
    }
  }
  return { address: null, finding: problem("service_away", failure, remedy) };
}

/** An address to which paths can be added, without a user name and password: they are shown to nobody. */
export function plainAddress(address: string): string {
  return address.replace(/\/\/[^/]*@/, "//").replace(/\/+$/, "");
}
