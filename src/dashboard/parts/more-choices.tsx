import type { Child } from "hono/jsx";
import type { SubscribeView } from "../subscribe-view.js";
import type { DraftField } from "../subscription-draft.js";
import { type FoldName, foldSummary, isAnswered, zoneSentence } from "../subscription-draft-summary.js";
import { PaceChoices, QuietHoursChoices, RetryChoices } from "./delivery-choices.js";
import { DigestChoices } from "./digest-choices.js";
import { Fold } from "./fields.js";
import { FilterChoices } from "./filter-choices.js";

/** What most people leave as it is: each answer folded, and open where something was answered or is wrong. */
export function MoreChoices(
  props: Pick<SubscribeView, "draft" | "problems" | "accounts" | "collections" | "stored">,
) {
  const { draft, problems, accounts, collections, stored } = props;
  const zone = zoneSentence(accounts, stored?.account ?? draft.account);
  const fold = (id: FoldName, title: string, places: readonly DraftField[], content: Child) => {
    const open = isAnswered(draft, id) || places.some((place) => problems[place] !== undefined);
    return (
      <Fold id={id} title={title} now={foldSummary(draft, id)} open={open}>
        {content}
      </Fold>
    );
  };
  return (
    <section class="card folds" aria-labelledby="more-choices">
      <h2 id="more-choices">More choices</h2>
      {fold(
        "filter",
        "Only some of these events",
        ["collections", "clients", "amount"],
        <FilterChoices draft={draft} problems={problems} collections={collections} />,
      )}
      {fold(
        "together",
        "When a lot happens at once",
        ["together"],
        <DigestChoices draft={draft} problem={problems.together} zone={zone} />,
      )}
      {fold(
        "quietHours",
        "Quiet hours",
        ["quietHours"],
        <QuietHoursChoices draft={draft} problem={problems.quietHours} zone={zone} />,
      )}
      {fold(
        "retry",
        "When it does not arrive",
        ["delays"],
        <RetryChoices draft={draft} problem={problems.delays} />,
      )}
      {fold(
        "pace",
        "How fast, and in which order",
        ["perSecond", "concurrency"],
        <PaceChoices draft={draft} problems={problems} />,
      )}
    </section>
  );
}
