import { type Replay, type ReplayChoice, replayChoices } from "../../domain/replay.js";
import { absolute, count } from "../format.js";
import { State, Time } from "./basics.js";
import { Action, Form, type FormToken } from "./form.js";

/** What can be asked for, as people say it. */
const choices: Readonly<Record<ReplayChoice, string>> = {
  failed: "What failed",
  missing: "What it never got",
  all: "Everything",
};

/** How far back, in hours. */
export const spans: readonly (readonly [hours: number, label: string])[] = [
  [1, "the last hour"],
  [24, "the last 24 hours"],
  [168, "the last 7 days"],
  [720, "the last 30 days"],
];

function Progress({ replay, form, now }: { replay: Replay; form: FormToken; now: Date }) {
  const { status, queued, only, since, finishedAt } = replay;
  const sent =
    replay.count === null ? count(queued, "event") : `${queued} of ${count(replay.count, "event")}`;
  // The moment itself: how long ago it was changes with each look at the page.
  const what = `${choices[only]} since ${absolute(since)}`;
  if (status === "running")
    return (
      <div class="row">
        <p>
          <State tone="warn">Sending again</State> {what}: {sent} so far.
        </p>
        <Action
          path={`/subscriptions/${replay.subscription}/replays/${replay.id}/cancel`}
          form={form}
          label="Stop"
          quiet
        />
      </div>
    );
  return (
    <p class="soft">
      {status === "done" ? "Sent again" : "Stopped"} <Time iso={finishedAt} now={now} />: {what},{" "}
      {status === "done" ? count(queued, "event") : sent}.
    </p>
  );
}

/** Past events for one subscription once more: what runs or ran last, and a form for the next. */
export function SendAgain(props: { id: string; latest: Replay | null; form: FormToken; now: Date }) {
  const { id, latest, form, now } = props;
  return (
    <section aria-labelledby="again">
      <h2 id="again">Send again</h2>
      {latest ? <Progress replay={latest} form={form} now={now} /> : null}
      {latest?.status === "running" ? null : (
        <Form form={form} action={`/subscriptions/${id}/replay`} class="filters card">
          <label>
            What
            <select name="only">
              {replayChoices.map((choice) => (
                <option value={choice}>{choices[choice]}</option>
              ))}
            </select>
          </label>
          <label>
            Of
            <select name="hours">
              {spans.map(([hours, label]) => (
                <option value={String(hours)} selected={hours === 24}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <div class="buttons">
            <button type="submit">Send again</button>
          </div>
        </Form>
      )}
    </section>
  );
}
