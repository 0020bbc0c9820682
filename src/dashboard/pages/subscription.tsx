import type { DeliveryStatus } from "../../domain/delivery.js";
import type { DeliveryFigures } from "../../domain/delivery-figures.js";
import type { Replay } from "../../domain/replay.js";
import type { DeliveryView } from "../delivery-words.js";
import { subscriptionName } from "../format.js";
import { isUrgent, mailboxTroubles } from "../mailbox.js";
import { PageHead, State } from "../parts/basics.js";
import { DeliveryList } from "../parts/delivery-list.js";
import { Figures } from "../parts/figures.js";
import { Action, ChangeLink, type FormToken } from "../parts/form.js";
import { SendAgain } from "../parts/send-again.js";
import { type Names, SubscriptionFacts } from "../parts/subscription-facts.js";
import { type SubscriptionView, subscriptionState } from "../parts/subscription-row.js";
import type { ReplayDraft, ReplayProblems } from "../replay-draft.js";

/** What the page of one subscription shows. */
export interface SubscriptionPageView {
  readonly row: SubscriptionView;
  readonly names: Names;
  readonly figures: DeliveryFigures;
  readonly deliveries: readonly DeliveryView[];
  /** The replay that runs, or the last one. */
  readonly replay: Replay | null;
  readonly replayDraft: ReplayDraft;
  readonly replayProblems: ReplayProblems;
  /** How long events are kept. */
  readonly retentionMs: number;
  readonly status: DeliveryStatus | null;
  readonly older: string | null;
  readonly form: FormToken;
  readonly now: Date;
}

function Head({ row, form }: { row: SubscriptionView; form: FormToken }) {
  const { subscription } = row;
  const { id, enabled, paused } = subscription;
  const path = `/subscriptions/${id}`;
  const state = subscriptionState(row);
  const lead = (
    <span id="state" data-refresh="5">
      <State tone={state.tone}>{state.text}</State>
    </span>
  );
  return (
    <PageHead title={subscriptionName(subscription)} lead={lead}>
      <Action path={`${path}/test`} form={form} label="Send a test" />
      {enabled ? (
        <Action
          path={`${path}/${paused ? "resume" : "pause"}`}
          form={form}
          label={paused ? "Resume" : "Pause"}
          quiet={!paused}
        />
      ) : null}
      <Action
        path={`${path}/${enabled ? "disable" : "enable"}`}
        form={form}
        label={enabled ? "Switch off" : "Switch on"}
        quiet
      />
      <ChangeLink form={form} class="button quiet" href={`${path}/edit`}>
        Edit
      </ChangeLink>
      <ChangeLink form={form} class="button quiet" href={`${path}/delete`}>
        Delete
      </ChangeLink>
    </PageHead>
  );
}

/** One subscription: what it wants, whether it works, and every delivery with its attempts. */
export function SubscriptionPage({ view }: { view: SubscriptionPageView }) {
  const { row, names, figures, deliveries, replay, replayDraft, replayProblems, form, now } = view;
  const { subscription, mailbox } = row;
  const { id, enabled, disabledReason } = subscription;
  const troubles = mailboxTroubles(mailbox, now);
  return (
    <>
      <Head row={row} form={form} />
      <div id="how-it-does" data-refresh="5">
        {disabledReason ? <p class="notice bad">pixiehook switched it off: {disabledReason}</p> : null}
        {troubles.length > 0 ? (
          <p class={`notice ${isUrgent(mailbox, now) ? "bad" : "warn"}`} id="mailbox">
            {troubles.join(" ")}
          </p>
        ) : null}
        <Figures figures={figures} channel={subscription.channel.type} />
      </div>
      <section class="card">
        <SubscriptionFacts
          subscription={subscription}
          mailbox={mailbox}
          names={names}
          form={form}
          now={now}
        />
      </section>
      <SendAgain
        id={id}
        latest={replay}
        draft={replayDraft}
        problems={replayProblems}
        retentionMs={view.retentionMs}
        mayBegin={enabled}
        form={form}
        now={now}
      />
      <DeliveryList
        path={`/subscriptions/${id}`}
        views={deliveries}
        mailbox={mailbox}
        status={view.status}
        older={view.older}
        form={form}
        now={now}
      />
    </>
  );
}
