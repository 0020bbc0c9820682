import type { ChannelType, Subscription } from "../../domain/subscription.js";
import type { DraftProblems, SubscriptionDraft } from "../subscription-draft.js";
import { Fold, LinesField, TextField, Tick } from "./fields.js";

const channels: readonly (readonly [ChannelType, label: string, help: string])[] = [
  ["webhook", "Webhook", "A signed request to a program: your own, Zapier, Make or n8n."],
  ["slack", "Slack", "A message in a channel of your team."],
  ["email", "Email", "A mail to up to 20 people."],
];

const slackHelp = (
  <>
    In Slack: <em>Apps</em>, <em>Incoming WebHooks</em>, <em>Add to Slack</em>, choose the channel, copy the
    address. It works like a password: pixiehook never shows it.
  </>
);

/** What only programs ask for. */
function WebhookChoices(props: {
  draft: SubscriptionDraft;
  problem: string | undefined;
  stored: Subscription | null;
}) {
  const { draft, problem, stored } = props;
  const { format, headers, keptHeaders, asymmetric } = draft;
  const names = stored?.channel.type === "webhook" ? Object.keys(stored.channel.headers) : [];
  const parts = [
    format === "cloudevents" ? "CloudEvents" : "",
    headers !== "" || keptHeaders.length > 0 ? "headers of its own" : "",
    asymmetric ? "signed with a key pair" : "",
  ].filter((part) => part !== "");
  const isSet = parts.length > 0 || names.length > 0;
  const now = parts.length > 0 ? parts.join(", ") : "Format, headers, signature";
  return (
    <Fold id="webhook" title="For programs" now={now} open={isSet || problem !== undefined}>
      <div class="ticks">
        <Tick
          type="radio"
          name="format"
          value="standard"
          checked={format === "standard"}
          label="The event as it is"
          help="JSON as the reference shows it. Right for most programs."
        />
        <Tick
          type="radio"
          name="format"
          value="cloudevents"
          checked={format === "cloudevents"}
          label="As a CloudEvent"
          help="Wrapped for programs that take CloudEvents 1.0."
        />
      </div>
      {names.length > 0 ? (
        <fieldset class="bare">
          <legend>Headers that are sent along</legend>
          <p class="meta">Their values are not shown again. Untick one to leave it out.</p>
          <div class="ticks">
            {names.map((name) => (
              <Tick
                type="checkbox"
                name="keptHeaders"
                value={name}
                checked={keptHeaders.includes(name)}
                label={
                  <>
                    Keep <code>{name}</code>
                  </>
                }
              />
            ))}
          </div>
        </fieldset>
      ) : null}
      <LinesField
        id="headers"
        label={names.length > 0 ? "New headers, or new values" : "Headers to send along"}
        value={headers}
        problem={problem}
        placeholder="Authorization: Bearer …"
        help="One a line: a name, a colon, a value. The values are not shown again."
      />
      <Tick
        type="checkbox"
        name="asymmetric"
        value="on"
        checked={asymmetric}
        label="Sign with a key pair (ed25519)"
        help="Receivers check with a public key, and hold no secret. Otherwise both sides share one."
      />
    </Fold>
  );
}

/** Three channels to choose from, and the address for each. Browsers show that of the chosen one. */
export function ChannelPicker(props: {
  draft: SubscriptionDraft;
  problems: DraftProblems;
  stored: Subscription | null;
}) {
  const { draft, problems, stored } = props;
  const problemOf = (type: ChannelType) => (draft.channel === type ? problems.to : undefined);
  const keepsSlack = stored?.channel.type === "slack";
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
        <TextField
          id="to-webhook"
          name="webhook"
          type="url"
          label="Webhook URL"
          value={draft.webhook}
          problem={problemOf("webhook")}
          placeholder="https://example.com/hooks/pixieset"
          help={
            stored === null
              ? "Every event is sent here as JSON, signed with a secret that you get on the next page."
              : "Every event is sent here as JSON, and signed."
          }
        />
        <WebhookChoices draft={draft} problem={problems.headers} stored={stored} />
      </div>
      <div class="for slack">
        <TextField
          id="to-slack"
          name="slack"
          type="url"
          label="Slack incoming-webhook URL"
          value={draft.slack}
          problem={problemOf("slack")}
          placeholder={
            keepsSlack ? "Empty: the address stays as it is" : "https://hooks.slack.com/services/…"
          }
          help={
            keepsSlack ? "The address that is stored is not shown. Leave this empty to keep it." : slackHelp
          }
        />
      </div>
      <div class="for email">
        <LinesField
          id="to-email"
          name="email"
          label="Email addresses"
          value={draft.email}
          problem={problemOf("email")}
          placeholder="ana@smith.example"
          help="One a line, or with commas between them. Each mail has a link to unsubscribe."
        />
      </div>
    </>
  );
}
