import type { Account } from "../../domain/account.js";
import { count } from "../format.js";
import { PageHead } from "../parts/basics.js";
import { ChannelPicker } from "../parts/channel-picker.js";
import { EventPicker } from "../parts/event-picker.js";
import { Field, Question, Tick, wrong } from "../parts/fields.js";
import { FirstSteps } from "../parts/first-steps.js";
import { Form, type FormToken } from "../parts/form.js";
import type { DraftProblems, SubscriptionDraft } from "../subscription-draft.js";

function Together({ draft, problem }: { draft: SubscriptionDraft; problem: string | undefined }) {
  const radio = { type: "radio", name: "together" } as const;
  return (
    <Question id="together" title="When a lot happens at once" {...(problem !== undefined && { problem })}>
      <Tick
        {...radio}
        value="usual"
        checked={draft.together === "usual"}
        label="The usual way"
        help="People get a burst of favorites or downloads as one message, after two quiet minutes. Programs get each event by itself."
      />
      <Tick
        {...radio}
        value="single"
        checked={draft.together === "single"}
        label="Each at once"
        help="One message for every event, the moment it is found."
      />
      <div class="beside">
        <Tick
          {...radio}
          value="daily"
          checked={draft.together === "daily"}
          label="Once a day"
          help="Everything in one message, in the time zone of the account."
        />
        <input
          type="time"
          name="dailyAt"
          aria-label="Time of day"
          value={draft.dailyAt}
          {...wrong("together", problem)}
        />
      </div>
    </Question>
  );
}

/** Who should hear of what: the form for a new subscription. */
export function Subscribe(props: {
  draft: SubscriptionDraft;
  problems: DraftProblems;
  accounts: readonly Account[];
  isFirst: boolean;
  form: FormToken;
}) {
  const { draft, problems, accounts, isFirst, form } = props;
  const { description, account, channel, events, together } = problems;
  const wrongs = Object.keys(problems).filter((field) => field !== "form").length;
  return (
    <>
      <PageHead title="New subscription" lead="Say where news should go, and which news." />
      {isFirst ? <FirstSteps at="subscribe" /> : null}
      {wrongs > 0 ? (
        <p class="notice bad form" role="alert">
          Nothing was saved yet: {count(wrongs, "answer")} below {wrongs === 1 ? "needs" : "need"} another
          look.
        </p>
      ) : null}
      {problems.form === undefined ? null : (
        <p class="notice bad form" role="alert">
          {problems.form}
        </p>
      )}
      <Form form={form} action="/subscriptions" class="subscribe" novalidate>
        <Question
          id="channel"
          title="Where should it go?"
          {...(channel !== undefined && { problem: channel })}
        >
          <ChannelPicker draft={draft} problems={problems} />
        </Question>
        <Question
          id="news"
          title="What should it tell?"
          lead="Tick whole groups, or open one to choose single events."
          {...(events !== undefined && { problem: events })}
        >
          <EventPicker chosen={draft.events} />
        </Question>
        <Together draft={draft} problem={together} />
        <Question id="about" title="The rest">
          <div class="pair">
            <Field
              id="account"
              label="Account"
              help="Whose events it tells."
              {...(account !== undefined && { problem: account })}
            >
              <select id="account" name="account" {...wrong("account", account)}>
                <option value="">Every account</option>
                {accounts.map(({ id, name }) => (
                  <option value={id} selected={id === draft.account}>
                    {name}
                  </option>
                ))}
              </select>
            </Field>
            <Field
              id="description"
              label="Description"
              help="How you want to call it. May stay empty."
              {...(description !== undefined && { problem: description })}
            >
              <input
                id="description"
                name="description"
                value={draft.description}
                placeholder="Studio team on Slack"
                autocomplete="off"
                {...wrong("description", description)}
              />
            </Field>
          </div>
        </Question>
        <div class="buttons">
          <button type="submit">Subscribe</button>
          <a href="/subscriptions">Cancel</a>
        </div>
      </Form>
    </>
  );
}
