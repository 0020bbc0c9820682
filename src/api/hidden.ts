import { revealChannel } from "../domain/hidden.js";
import type { ChannelSettings } from "../domain/subscription.js";
import { ProblemError } from "./problem.js";

/** A channel as it was sent, whole. Throws `ProblemError` where a hidden value stands for nothing that is stored. */
export function wholeChannel(channel: ChannelSettings, stored: ChannelSettings | null): ChannelSettings {
  const result = revealChannel(channel, stored);
  if (result.kind === "revealed") return result.channel;
  const path = ["channel", ...result.path].join(".");
  const message = "stands for a value that is not shown: send the value itself";
  throw new ProblemError("invalid_request", `The body is not valid. ${path}: ${message}.`, [
    { path, message },
  ]);
}
