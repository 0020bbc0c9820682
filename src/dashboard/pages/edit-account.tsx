import { type CollectionReference, resourceNames } from "../../domain/record.js";
import type { AccountView } from "../../services/accounts.js";
import type { AccountDraft, AccountProblems } from "../account-draft.js";
import { count, title } from "../format.js";
import { PageHead } from "../parts/basics.js";
import { Field, Question, Tick, wrong } from "../parts/fields.js";
import { ChangeLink, Form, type FormToken } from "../parts/form.js";

interface EditView {
  readonly account: AccountView;
  readonly draft: AccountDraft;
  readonly problems: AccountProblems;
  /** Collections with a box to tick. */
  readonly boxes: readonly CollectionReference[];
  /** Collections that are known beside these. */
  readonly more: number;
  readonly form: FormToken;
}

/** So many can be found by looking. */
const fewBoxes = 8;

const problemOf = (text: string | undefined) => (text === undefined ? {} : { problem: text });

type Numbers = "requestsPerMinute" | "minIntervalSeconds" | "maxIntervalMinutes" | "floodThreshold";

function NumberField(
  props: { id: Numbers; label: string; help: string } & Pick<EditView, "draft" | "problems">,
) {
  const { id, label, help, draft, problems } = props;
  return (
    <Field id={id} label={label} help={help} {...problemOf(problems[id])}>
      <input
        id={id}
        name={id}
        type="number"
        step={id === "floodThreshold" ? "1" : "any"}
        inputmode="decimal"
        value={draft[id]}
        autocomplete="off"
        {...wrong(id, problems[id])}
      />
    </Field>
  );
}

/** Every zone that this program knows, by its part of the world; the one that is set in any case. */
function Zones({ draft, problems }: Pick<EditView, "draft" | "problems">) {
  const known = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC")];
  const names = known.includes(draft.timezone) ? known : [draft.timezone, ...known];
  return (
    <Field
      id="timezone"
      label="Time zone"
      help="For times of day: daily messages and quiet hours."
      {...problemOf(problems.timezone)}
    >
      <select id="timezone" name="timezone" {...wrong("timezone", problems.timezone)}>
        {names.map((name) => (
          <option value={name} selected={name === draft.timezone}>
            {name.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </Field>
  );
}

function Collections({
  draft,
  problems,
  boxes,
  more,
}: Pick<EditView, "draft" | "problems" | "boxes" | "more">) {
  const chosen = new Set(draft.collections);
  const radio = { type: "radio", name: "which" } as const;
  return (
    <Question id="collections" title="Which collections?" {...problemOf(problems.collections)}>
      <Tick
        {...radio}
        value="all"
        id="which-all"
        checked={!draft.isChosen}
        label="All, also those that come"
      />
      <Tick
        {...radio}
        value="chosen"
        id="which-chosen"
        checked={draft.isChosen}
        label="Only these"
        help="The lists of the whole account, such as invoices and payments, are read in any case."
      />
      <div class="which">
        {boxes.length > fewBoxes ? (
          <input
            type="search"
            data-find="collection-boxes"
            aria-label="Find a collection in the list"
            placeholder="Find in the list"
            hidden
          />
        ) : null}
        {boxes.length === 0 ? null : (
          <ul class="ticks tall" id="collection-boxes">
            {boxes.map(({ id, name }) => (
              <li>
                <Tick
                  type="checkbox"
                  name="collections"
                  value={id}
                  checked={chosen.has(id)}
                  label={name ?? id}
                />
              </li>
            ))}
          </ul>
        )}
        <Field
          id="others"
          label={boxes.length === 0 ? "Collections" : "Others"}
          help={`One a line: ${more > 0 ? "the name, or " : ""}the number that stands in its address at Pixieset.${more > 0 ? ` ${count(more, "more collection")} of this account can be named so.` : ""}`}
        >
          <textarea id="others" name="others" rows={3} spellcheck={false}>
            {draft.others}
          </textarea>
        </Field>
      </div>
    </Question>
  );
}

function Lists({ draft }: Pick<EditView, "draft">) {
  // The list of collections says which other lists there are: it is always read.
  const names = resourceNames.filter((name) => name !== "collections");
  return (
    <Question
      id="lists"
      title="Lists that are always read"
      lead="What a subscription tells of is read anyway. Tick what is to be watched even while nobody is told of it."
    >
      <ul class="ticks">
        {names.map((name) => (
          <li>
            <Tick
              type="checkbox"
              name="resources"
              value={name}
              checked={draft.resources.includes(name)}
              label={title(name)}
            />
          </li>
        ))}
      </ul>
    </Question>
  );
}

/** All that can be set of an account. */
export function EditAccount(view: EditView) {
  const { account, draft, problems, form } = view;
  const path = `/accounts/${account.id}`;
  const wrongs = Object.keys(problems).filter((field) => field !== "form").length;
  return (
    <div data-address={Object.keys(problems).length > 0 ? `${path}/edit` : undefined}>
      <PageHead title={`Edit ${account.name}`}>
        <ChangeLink form={form} class="button quiet" href={`${path}/delete`}>
          Delete this account
        </ChangeLink>
      </PageHead>
      {wrongs > 0 || problems.form ? (
        <p class="notice bad form" role="alert">
          Nothing was saved yet: {count(wrongs || 1, "answer")} below {wrongs > 1 ? "need" : "needs"} another
          look.{problems.form ? ` ${problems.form}` : ""}
        </p>
      ) : null}
      <Form form={form} action={`${path}/edit`} class="edit" novalidate>
        <Question id="about" title="The account">
          <div class="pair">
            <Field id="name" label="Name" help="What people call it." {...problemOf(problems.name)}>
              <input
                id="name"
                name="name"
                value={draft.name}
                autocomplete="off"
                {...wrong("name", problems.name)}
              />
            </Field>
            <Zones draft={draft} problems={problems} />
          </div>
        </Question>
        <Question
          id="pace"
          title="How often it is looked at"
          lead="pixiehook looks most where most happens, and never more often than this."
        >
          <div class="pair">
            <NumberField
              id="requestsPerMinute"
              label="Requests a minute, at most"
              help="The budget. The page of the account shows what another would buy."
              draft={draft}
              problems={problems}
            />
            <NumberField
              id="minIntervalSeconds"
              label="Shortest wait, in seconds"
              help="No list is looked at more often."
              draft={draft}
              problems={problems}
            />
            <NumberField
              id="maxIntervalMinutes"
              label="Longest wait, in minutes"
              help="No list is left alone for longer, as far as the budget goes. 720 are 12 hours."
              draft={draft}
              problems={problems}
            />
            <NumberField
              id="floodThreshold"
              label="Hold back from"
              help="More changes than this out of one look are held back until somebody says whether they are real."
              draft={draft}
              problems={problems}
            />
          </div>
        </Question>
        <Collections {...view} />
        <Lists draft={draft} />
        <div class="buttons">
          <button type="submit">Save</button>
          <a href={path}>Cancel</a>
        </div>
      </Form>
    </div>
  );
}
