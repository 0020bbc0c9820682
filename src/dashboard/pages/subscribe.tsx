import { subscriptionName } from "../format.js";
import { PageHead } from "../parts/basics.js";
import { ChannelPicker } from "../parts/channel-picker.js";
import { StateChoices } from "../parts/delivery-choices.js";
import { EventPicker } from "../parts/event-picker.js";
import { Field, Question, TextField, wrong } from "../parts/fields.js";
import { Form } from "../parts/form.js";
import { MoreChoices } from "../parts/more-choices.js";
import { Preview } from "../parts/preview.js";
import { Steps } from "../parts/steps.js";
import { WrongAnswers } from "../parts/wrong-answers.js";
import type { SubscribeView } from "../subscribe-view.js";

/** Whose events are told. That of a subscription never changes. */
function AccountField({ draft, problems, accounts, stored }: SubscribeView) {
  if (stored !== null) {
    const owner = accounts.find(({ id }) => id === stored.account);
    return (
      <div class="field">
        <span class="label">Account</span>
        <span>{stored.account === null ? "Every account" : (owner?.name ?? stored.account)}</span>
        <p class="meta">This stays: for another account make another subscription.</p>
      </div>
    );
  }
  return (
    <Field id="account" label="Account" help="Whose events it tells." problem={problems.account}>
      <select id="account" name="account" {...wrong("account", problems.account)}>
        <option value="">Every account</option>
        {accounts.map(({ id, name }) => (
          <option value={id} selected={id === draft.account}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  );
}

function About(props: SubscribeView) {
  const { draft, problems, stored } = props;
  return (
    <Question id="about" title={stored === null ? "What is it called?" : "Name and state"}>
      <div class="pair">
        <TextField
          id="description"
          label="Description"
          value={draft.description}
          problem={problems.description}
          placeholder="Studio team on Slack"
          help="How you want to call it. May stay empty."
        />
        <AccountField {...props} />
      </div>
      {stored === null ? null : <StateChoices draft={draft} reason={stored.disabledReason} />}
    </Question>
  );
}

/** Who should hear of what: the form for a new subscription, and for one that is there. */
export function Subscribe(props: SubscribeView) {
  const { draft, problems, stored, isFirst, form } = props;
  const { channel, events } = problems;
  const path = stored === null ? "/subscriptions" : `/subscriptions/${stored.id}`;
  return (
    <>
      {isFirst ? <Steps current={2} /> : null}
      <PageHead
        title={stored === null ? "New subscription" : `Edit ${subscriptionName(stored)}`}
        lead={stored === null ? "Say where news should go, and which news." : null}
      />
      <WrongAnswers problems={problems} channel={draft.channel} />
      <Form
        form={form}
        action={stored === null ? path : `${path}/edit`}
        class="subscribe"
        id="subscribe"
        novalidate
      >
        {stored === null ? null : (
          <>
            <input type="hidden" name="of" value={stored.id} />
            <input type="hidden" name="version" value={stored.updatedAt} />
          </>
        )}
        {isFirst ? <input type="hidden" name="first" value="1" /> : null}
        <div class="questions">
          <Question
            id="channel"
            title="Where should it go?"
            {...(channel !== undefined && { problem: channel })}
          >
            <ChannelPicker draft={draft} problems={problems} stored={stored} />
          </Question>
          <Question
            id="news"
            title="What should it tell?"
            lead="Tick whole groups, or open one to choose single events."
            {...(events !== undefined && { problem: events })}
          >
            <EventPicker name="events" chosen={draft.events} every="every-event" />
          </Question>
          <About {...props} />
          <MoreChoices {...props} />
          <div class="buttons">
            <button type="submit">{stored === null ? "Subscribe" : "Save"}</button>
            <a href={path}>Cancel</a>
          </div>
        </div>
        <Preview {...props} />
      </Form>
    </>
  );
}
