import type { ChannelType } from "../../domain/subscription.js";
import type { DraftProblems, SubscriptionDraft } from "../subscription-draft.js";
import { Field, Tick, wrong } from "./fields.js";

const channels: readonly (readonly [ChannelType, label: string, help: string])[] = [
  ["webhook", "Webhook", "A signed request to a program: your own, Zapier, Make or n8n."],
  ["slack", "Slack", "A message in a channel of your team."],
  ["email", "Email", "A mail to up to 20 people."],
];

/** Three channels to choose from, and the address for each. Browsers show that of the chosen one. */
export function ChannelPicker({ draft, problems }: { draft: SubscriptionDraft; problems: DraftProblems }) {
  const problemOf = (type: ChannelType) => (draft.channel === type ? problems.to : undefined);
  const about = (type: ChannelType) => {
    const problem = problemOf(type);
    return { id: `to-${type}`, ...(problem !== undefined && { problem }) };
  };
  return (
    <>
      <div class="choices">
        {channels.map(([type, label, help]) => (
          <Tick
            type="radio"
            name="channel"
            value={type}
            id={`channel-${type}`}
            checked={draft.channel === type}
            label={label}
            help={help}
          />
        ))}
      </div>
      <div class="for webhook">
        <Field
          {...about("webhook")}
          label="Webhook URL"
          help="Every event is sent here as JSON, signed with a secret that you get on the next page."
        >
          <input
            id="to-webhook"
            name="webhook"
            type="url"
            value={draft.webhook}
            placeholder="https://example.com/hooks/pixieset"
            autocomplete="off"
            {...wrong("to-webhook", problemOf("webhook"))}
          />
        </Field>
      </div>
      <div class="for slack">
        <Field
          {...about("slack")}
          label="Slack incoming-webhook URL"
          help={
            <>
              In Slack: <em>Apps</em>, <em>Incoming WebHooks</em>, <em>Add to Slack</em>, choose the channel,
              copy the address. It works like a password: pixiehook never shows it.
            </>
          }
        >
          <input
            id="to-slack"
            name="slack"
            type="url"
            value={draft.slack}
            placeholder="https://hooks.slack.com/services/…"
            autocomplete="off"
            {...wrong("to-slack", problemOf("slack"))}
          />
        </Field>
      </div>
      <div class="for email">
        <Field
          {...about("email")}
          label="Email addresses"
          help="One a line, or with commas between them. Each mail has a link to unsubscribe."
        >
          <textarea
            id="to-email"
            name="email"
            rows={3}
            spellcheck={false}
            autocomplete="off"
            placeholder="ana@smith.example"
            {...wrong("to-email", problemOf("email"))}
          >
            {draft.email}
          </textarea>
        </Field>
      </div>
    </>
  );
}
