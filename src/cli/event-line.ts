import { clean } from "../channels/render/format.js";
import { plainSentence } from "../dashboard/format.js";
import type { PixiehookEvent } from "../domain/event.js";
import { isJsonObject } from "../domain/json.js";
import { money } from "../domain/money.js";
import { isSample } from "../domain/sample.js";
import type { Paint } from "./colours.js";

const widestType = "video_download.completed".length;

/** An event on one line: when, what, who, about what, where, and how much. Nothing in it can steer a terminal. */
export function eventLine(event: PixiehookEvent, paint: Paint): string {
  const { account, client, collection, object, detected } = event.data;
  const time = new Date(event.timestamp).toTimeString().slice(0, 8);
  const media = isJsonObject(object.media) ? object.media.name : null;
  const isService = detected.resource === "service";
  const of = isService ? plainSentence(event) : (object.number ?? media ?? null);
  const amount = money(object.amount, object.currency);
  const parts = [client?.name || client?.email, of, collection?.name, isService && account?.name].map(
    (part) => clean(part || undefined, 60),
  );
  const told = parts.filter((part) => part !== null).join(", ");
  const type = paint("cyan", (clean(event.type) ?? "").padEnd(widestType));
  const cost = amount === null ? "" : `  ${paint("green", amount)}`;
  return `${paint("dim", time)}  ${type}  ${told}${cost}${isSample(event) ? " (a sample)" : ""}`.trimEnd();
}
