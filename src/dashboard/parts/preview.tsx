import type { PixiehookEvent } from "../../domain/event.js";
import type { PreviewView } from "../preview.js";
import type { SubscriptionDraft } from "../subscription-draft.js";
import { foldSummary, folds } from "../subscription-draft-summary.js";
import { triesSentence } from "../subscription-draft-words.js";
import { EventRow } from "./event-row.js";
import { FoldNow } from "./fields.js";

interface Shown {
  readonly preview: PreviewView;
  readonly describe: (event: PixiehookEvent) => string;
  readonly now: Date;
}

function Sentence({ preview }: { preview: PreviewView }) {
  return <span id="preview-sentence">{preview.sentence}</span>;
}

function Rows({ preview, describe, now }: Shown) {
  return (
    <ol class="events" id="preview-events" hidden={preview.events.length === 0}>
      {preview.events.map((event) => (
        <EventRow event={event} sentence={describe(event)} now={now} isAside />
      ))}
    </ol>
  );
}

/** What the subscription would have told of late. */
export function Preview(props: Shown) {
  return (
    <section class="card preview" aria-labelledby="preview-title">
      <h2 id="preview-title">What it would have told</h2>
      <p class="soft" aria-live="polite">
        <Sentence preview={props.preview} />
      </p>
      <Rows {...props} />
      <p class="problem" data-stale hidden>
        This could not be looked up just now.
      </p>
      <button type="submit" class="quiet" formaction="/subscriptions/preview">
        Look again
      </button>
    </section>
  );
}

/** What changes on the page with what is typed; each piece takes the place of the one with its id. */
export function PreviewPieces(props: Shown & { draft: SubscriptionDraft }) {
  const { draft, ...shown } = props;
  return (
    <>
      <Sentence preview={shown.preview} />
      <Rows {...shown} />
      {folds.map((fold) => (
        <FoldNow id={fold} now={foldSummary(draft, fold)} />
      ))}
      <span id="tries">{triesSentence(draft.delays)}</span>
    </>
  );
}
