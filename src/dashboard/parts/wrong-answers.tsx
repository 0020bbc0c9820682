import type { ChannelType } from "../../domain/subscription.js";
import { count } from "../format.js";
import type { DraftField, DraftProblems } from "../subscription-draft.js";

const places: Record<Exclude<DraftField, "form" | "to">, readonly [name: string, id: string]> = {
  channel: ["Where should it go?", "channel-webhook"],
  headers: ["Headers", "headers"],
  events: ["What should it tell?", "every-event"],
  account: ["Account", "account"],
  description: ["Description", "description"],
  collections: ["Collections", "moreCollections"],
  clients: ["Clients", "clients"],
  amount: ["Amount", "amount"],
  together: ["When a lot happens at once", "together-usual"],
  quietHours: ["Quiet hours", "quietFrom"],
  delays: ["When it does not arrive", "delays"],
  perSecond: ["Messages a second", "perSecond"],
  concurrency: ["Under way at once", "concurrency"],
};

/** What is wrong on the form, with the ways to it. */
export function WrongAnswers({
  problems,
  channel,
}: {
  problems: DraftProblems;
  channel: ChannelType | null;
}) {
  const { form, ...answers } = problems;
  const wrongs = Object.entries(answers) as [Exclude<DraftField, "form">, string][];
  const place = (field: Exclude<DraftField, "form">) =>
    field === "to" ? (["Address", `to-${channel ?? "webhook"}`] as const) : places[field];
  return (
    <>
      {wrongs.length > 0 ? (
        <div class="notice bad form" role="alert">
          <p>
            Nothing was saved yet: {count(wrongs.length, "answer")} below{" "}
            {wrongs.length === 1 ? "needs" : "need"} another look.
          </p>
          <ul>
            {wrongs.map(([field, text]) => (
              <li>
                <a href={`#${place(field)[1]}`}>{place(field)[0]}</a>: {text}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {form === undefined ? null : (
        <p class="notice bad form" role="alert">
          {form}
        </p>
      )}
    </>
  );
}
