import { defaultRetryDelays } from "../../domain/subscription.js";
import type { DraftProblems, SubscriptionDraft } from "../subscription-draft.js";
import { triesSentence } from "../subscription-draft-words.js";
import { FoldedEventPicker } from "./event-picker.js";
import { Problem, TextField, Tick, wrong } from "./fields.js";

const usualDelays = defaultRetryDelays.join(", ");

/** Times of day at which nothing is sent. */
export function QuietHoursChoices(props: {
  draft: SubscriptionDraft;
  problem: string | undefined;
  zone: string;
}) {
  const { draft, problem, zone } = props;
  const time = (name: "quietFrom" | "quietTo", label: string) => (
    <label>
      {label}
      <input id={name} name={name} type="time" value={draft[name]} {...wrong("quietHours", problem)} />
    </label>
  );
  return (
    <>
      <div class="lengths">
        {time("quietFrom", "From")}
        {time("quietTo", "To")}
      </div>
      <Problem id="quietHours" text={problem} />
      <p class="meta">
        {zone} What happens meanwhile is sent afterwards. Without times there are no quiet hours.
      </p>
      <FoldedEventPicker name="except" chosen={draft.except} title="But tell these at any time" />
    </>
  );
}

/** What happens when nobody takes a message. */
export function RetryChoices({ draft, problem }: { draft: SubscriptionDraft; problem: string | undefined }) {
  return (
    <TextField
      id="delays"
      label="How long to wait before each further try"
      value={draft.delays}
      problem={problem}
      help={
        <>
          <span id="tries">{triesSentence(draft.delays)}</span> Each wait is up to a fifth shorter or longer.
          {draft.delays === usualDelays ? " This is the usual." : ` The usual: ${usualDelays}.`} Empty: one
          try only.
        </>
      }
    />
  );
}

/** How fast, and in which order. */
export function PaceChoices({ draft, problems }: { draft: SubscriptionDraft; problems: DraftProblems }) {
  return (
    <>
      <div class="pair">
        <TextField
          id="perSecond"
          label="Messages a second, at most"
          value={draft.perSecond}
          inputmode="decimal"
          problem={problems.perSecond}
          help="Slack takes one a second, whatever stands here."
        />
        <TextField
          id="concurrency"
          label="Under way at once, at most"
          value={draft.concurrency}
          inputmode="numeric"
          problem={problems.concurrency}
        />
      </div>
      <Tick
        type="checkbox"
        name="ordered"
        value="on"
        checked={draft.ordered}
        label="In order"
        help="What happens to one thing, an invoice say, is told in order: the next waits until the one before has arrived."
      />
    </>
  );
}

const states = [
  ["on", "On", "Events are told."],
  ["paused", "Paused", "Events are collected, and sent once it goes on."],
  ["off", "Off", "Events pass by."],
] as const;

/** Whether it works at all. */
export function StateChoices({ draft, reason }: { draft: SubscriptionDraft; reason: string | null }) {
  return (
    <>
      {reason === null ? null : <p class="notice bad">pixiehook switched it off: {reason}</p>}
      <div class="choices">
        {states.map(([state, label, help]) => (
          <Tick
            type="radio"
            name="state"
            value={state}
            checked={draft.state === state}
            label={label}
            help={help}
          />
        ))}
      </div>
    </>
  );
}
