import type { SubscriptionDraft } from "../subscription-draft.js";
import { FoldedEventPicker } from "./event-picker.js";
import { Problem, Tick, wrong } from "./fields.js";

/** Whether events come one by one or several in a message. */
export function DigestChoices(props: {
  draft: SubscriptionDraft;
  problem: string | undefined;
  zone: string;
}) {
  const { draft, problem, zone } = props;
  const choice = (value: SubscriptionDraft["together"], label: string, help: string) => (
    <Tick
      type="radio"
      name="together"
      value={value}
      id={`together-${value}`}
      checked={draft.together === value}
      label={label}
      help={help}
    />
  );
  const length = (name: "quiet" | "max" | "every", label: string) => (
    <label>
      {label}
      <input
        name={name}
        value={draft[name]}
        autocomplete="off"
        {...wrong("together", draft.together === (name === "max" ? "quiet" : name) ? problem : undefined)}
      />
    </label>
  );
  return (
    <>
      <Problem id="together" text={problem} />
      <div class="ticks wide">
        {choice(
          "usual",
          "The usual way",
          "People get a burst of favorites or downloads as one message, after two quiet minutes. Programs get each event by itself.",
        )}
        {choice("single", "Each at once", "One message for every event, the moment it is found.")}
        <div class="beside">
          {choice(
            "quiet",
            "When it is quiet again",
            "One message once nothing more comes, and not later than the longest wait.",
          )}
          <div class="lengths">
            {length("quiet", "Quiet for")}
            {length("max", "Longest wait")}
          </div>
        </div>
        <div class="beside">
          {choice("every", "Every so often", "One message for all that came meanwhile.")}
          <div class="lengths">{length("every", "Every")}</div>
        </div>
        <div class="beside">
          {choice("daily", "Once a day", zone)}
          <div class="lengths">
            <label>
              At
              <input
                type="time"
                name="dailyAt"
                value={draft.dailyAt}
                {...wrong("together", draft.together === "daily" ? problem : undefined)}
              />
            </label>
          </div>
        </div>
      </div>
      <p class="meta">
        What comes together is of one account, collection, client and kind of event: a day with three busy
        clients gives a message for each of them. Lengths of time are written 30s, 5m, 2h or 1d.
      </p>
      <div class="only">
        <FoldedEventPicker
          name="digestEvents"
          chosen={draft.digestEvents}
          title="Put only some kinds together, and send the rest one by one"
        />
      </div>
    </>
  );
}
