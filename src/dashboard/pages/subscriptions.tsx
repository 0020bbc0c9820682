import { PageHead } from "../parts/basics.js";
import { ChangeLink, type FormToken } from "../parts/form.js";
import { problemsFirst, SubscriptionRow, type SubscriptionView } from "../parts/subscription-row.js";

/** Who is told of what. */
export function Subscriptions(props: {
  rows: readonly SubscriptionView[];
  older: string | null;
  form: FormToken;
  now: Date;
}) {
  const { rows, older, form, now } = props;
  return (
    <>
      <PageHead title="Subscriptions" lead="Who is told of what, and through which channel.">
        {rows.length === 0 ? null : (
          <ChangeLink form={form} class="button" href="/subscriptions/new">
            Add a subscription
          </ChangeLink>
        )}
      </PageHead>
      {rows.length === 0 ? (
        <section class="card narrow">
          <h2>Nobody is told yet</h2>
          <p>Choose what you want to hear of, and whether it comes as a webhook, in Slack or by email.</p>
          <p>
            <ChangeLink form={form} class="button" href="/subscriptions/new">
              Add a subscription
            </ChangeLink>
          </p>
          <p class="meta">
            Programs use <a href="/docs#createSubscription">the API</a>.
          </p>
        </section>
      ) : (
        <ul class="list card">
          {problemsFirst(rows).map((row) => (
            <SubscriptionRow row={row} now={now} />
          ))}
        </ul>
      )}
      {older ? (
        <p class="pager">
          <a href={older}>More</a>
        </p>
      ) : null}
    </>
  );
}
