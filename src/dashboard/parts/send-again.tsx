import { type Replay, type ReplayChoice, replayChoices } from "../../domain/replay.js";
import { spellDuration } from "../../domain/retention.js";
import { absolute, count } from "../format.js";
import { ownTime, type ReplayDraft, type ReplayProblems, spansWithin } from "../replay-draft.js";
import { State, Time } from "./basics.js";
import { Field, Tick, wrong } from "./fields.js";
import { Action, Form, type FormToken } from "./form.js";

/** What can be asked for, as people say it, and what that means. */
const choices: Readonly<Record<ReplayChoice, readonly [name: string, help: string]>> = {
  failed: ["What failed", "Messages that were given up after the last try."],
  missing: ["What it never got", "Events that it wants as it is now: it was off, or wanted less then."],
  all: ["Everything", "Both, and what arrived already. The receiver gets that a second time."],
};

/** The moment itself: how long ago it was changes with each look at the page. */
function rangeOf({ since, until, createdAt }: Replay): string {
  return until < createdAt ? `from ${absolute(since)} to ${absolute(until)}` : `since ${absolute(since)}`;
}

function Running({ replay, form }: { replay: Replay; form: FormToken }) {
  const { queued, only, count: many } = replay;
  const sent =
    many === null ? count(queued, "event") : `${queued.toLocaleString("en-GB")} of ${count(many, "event")}`;
  return (
    <div class="card progress">
      <div class="row">
        <p>
          <State tone="warn">Sending again</State> · {choices[only][0]} {rangeOf(replay)}: {sent} so far.
        </p>
        <Action
          path={`/subscriptions/${replay.subscription}/replays/${replay.id}/cancel`}
          form={form}
          label="Stop"
          quiet
        />
      </div>
      <progress
        aria-label="How much was sent again"
        max={many === null ? undefined : Math.max(1, many, queued)}
        value={many === null ? undefined : queued}
      />
    </div>
  );
}

/** What came of the last one. */
function Ended({ replay, now }: { replay: Replay; now: Date }) {
  const { status, queued, skipped, only, finishedAt, count: many } = replay;
  const isDone = status === "done";
  const sent = isDone || many === null ? count(queued, "event") : `${queued} of ${count(many, "event")}`;
  return (
    <p class="soft">
      {isDone ? "Sent again" : "Stopped"} <Time iso={finishedAt} now={now} />: {choices[only][0]}{" "}
      {rangeOf(replay)}, {sent}.
      {skipped > 0
        ? ` ${count(skipped, "other")} that it wanted ${skipped === 1 ? "was" : "were"} left: not asked for, or on the way already.`
        : ""}
      {isDone && queued === 0 && skipped === 0 ? " Nothing in that time was for it." : ""}
    </p>
  );
}

function ReplayForm(props: {
  id: string;
  draft: ReplayDraft;
  problems: ReplayProblems;
  retentionMs: number;
  form: FormToken;
}) {
  const { id, draft, problems, retentionMs, form } = props;
  return (
    <Form form={form} action={`/subscriptions/${id}/replay`} class="replay">
      <fieldset {...wrong("only", problems.only)}>
        <legend>What</legend>
        {problems.only ? (
          <p class="problem" id="only-problem">
            {problems.only}
          </p>
        ) : null}
        <div class="choices">
          {replayChoices.map((choice) => (
            <Tick
              type="radio"
              name="only"
              value={choice}
              checked={draft.only === choice}
              label={choices[choice][0]}
              help={choices[choice][1]}
            />
          ))}
        </div>
      </fieldset>
      <div class="range">
        <Field id="hours" label="From when" {...(problems.hours ? { problem: problems.hours } : {})}>
          <select id="hours" name="hours" {...wrong("hours", problems.hours)}>
            {spansWithin(retentionMs).map(([hours, label]) => (
              <option value={String(hours)} selected={draft.hours === String(hours)}>
                {label}
              </option>
            ))}
            <option value={ownTime} selected={draft.hours === ownTime}>
              A time of your own
            </option>
          </select>
        </Field>
        {(["since", "until"] as const).map((name) => {
          const problem = problems[name];
          const label = name === "since" ? "Since (UTC)" : "Until (UTC), empty for now";
          return (
            <div class="own">
              <Field id={name} label={label} {...(problem ? { problem } : {})}>
                <input
                  type="datetime-local"
                  id={name}
                  name={name}
                  value={draft[name]}
                  {...wrong(name, problem)}
                />
              </Field>
            </div>
          );
        })}
      </div>
      <p class="meta">
        Events are kept for {spellDuration(retentionMs)}. They go out little by little behind what is new,
        within the limits of this subscription.
      </p>
      <button type="submit">Send again</button>
    </Form>
  );
}

/** Past events for one subscription once more: what runs or ran last, and a form for the next. */
export function SendAgain(props: {
  id: string;
  latest: Replay | null;
  draft: ReplayDraft;
  problems: ReplayProblems;
  retentionMs: number;
  /** Whether another may begin. */
  mayBegin: boolean;
  form: FormToken;
  now: Date;
}) {
  const { id, latest, draft, problems, retentionMs, mayBegin, form, now } = props;
  const isRunning = latest?.status === "running";
  if (!isRunning && !latest && (form === null || !mayBegin)) return null;
  const isWrong = Object.keys(problems).length > 0;
  return (
    <section aria-labelledby="again" id="send-again" data-refresh={isRunning ? "2" : undefined}>
      <h2 id="again">Send again</h2>
      {latest ? (
        isRunning ? (
          <Running replay={latest} form={form} />
        ) : (
          <Ended replay={latest} now={now} />
        )
      ) : null}
      {isRunning || form === null || !mayBegin ? null : (
        <details class="card again" id="replay-form" open={isWrong}>
          <summary>Send past events again</summary>
          <ReplayForm id={id} draft={draft} problems={problems} retentionMs={retentionMs} form={form} />
        </details>
      )}
    </section>
  );
}
