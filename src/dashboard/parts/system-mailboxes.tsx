import type { ChannelType } from "../../domain/subscription.js";
import type { MailboxView, SystemView } from "../../services/system.js";
import { absolute, count, subscriptionName } from "../format.js";
import { Facts, State, Time, type Tone } from "./basics.js";

const channels: readonly (readonly [ChannelType, string])[] = [
  ["webhook", "Webhooks"],
  ["slack", "Slack"],
  ["email", "Email"],
];

const states: Record<MailboxView["mailbox"]["status"], readonly [Tone, string]> = {
  disabled: ["idle", "Off"],
  paused: ["idle", "Paused"],
  resting: ["warn", "Resting"],
  sending: ["good", "Sending"],
  waiting: ["good", "Waits for its time"],
  idle: ["good", "Empty"],
};

/** What waits, by channel. */
export function MailboxSums({ mailboxes }: Pick<SystemView, "mailboxes">) {
  return (
    <div class="card">
      <Facts
        facts={channels.map(([type, name]) => {
          const { mailboxes: all, resting, paused, waiting } = mailboxes[type];
          const held = [resting > 0 ? `${resting} at rest` : "", paused > 0 ? `${paused} paused` : ""];
          const how = held.filter((text) => text !== "").join(", ");
          const of = `in ${count(all, "subscription")}${how === "" ? "" : `, ${how}`}`;
          return [
            name,
            all === 0 ? (
              <span class="soft">No subscription that is on</span>
            ) : (
              <>
                {waiting === 0 ? "Nothing waits" : `${waiting.toLocaleString("en-GB")} wait`}
                <span class="meta"> {of}</span>
              </>
            ),
          ] as const;
        })}
      />
    </div>
  );
}

function MailboxRow({ row, now }: { row: MailboxView; now: Date }) {
  const { subscription, mailbox, firstDueAt } = row;
  const [tone, word] = states[mailbox.status];
  const path = `/subscriptions/${subscription.id}`;
  return (
    <tr>
      <th scope="row">
        <a href={path} id={`of-${subscription.id}`}>
          {subscriptionName(subscription)}
        </a>
      </th>
      <td data-label="State">
        <State tone={tone}>
          {word}
          {mailbox.restsUntil === null ? null : <> until {absolute(mailbox.restsUntil)}</>}
        </State>
      </td>
      <td class="number" data-label="Wait">
        {mailbox.waiting.toLocaleString("en-GB")}
      </td>
      <td class="number" data-label="Of them due">
        {mailbox.due.toLocaleString("en-GB")}
      </td>
      <td data-label="First is due">
        <Time iso={firstDueAt} now={now} none="—" />
      </td>
    </tr>
  );
}

/** Where most waits. */
export function FullestMailboxes(props: Pick<SystemView, "fullest" | "filled"> & { now: Date }) {
  const { fullest, filled, now } = props;
  if (fullest.length === 0) return null;
  const more = filled - fullest.length;
  return (
    <>
      <div class="card scroll after">
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">Subscription</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Wait
              </th>
              <th scope="col" class="number">
                Of them due
              </th>
              <th scope="col">First is due</th>
            </tr>
          </thead>
          <tbody>
            {fullest.map((row) => (
              <MailboxRow row={row} now={now} />
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 ? (
        <p class="meta below">
          The {fullest.length} with the most. Something waits in {count(more, "other subscription")}, too.
        </p>
      ) : null}
    </>
  );
}
