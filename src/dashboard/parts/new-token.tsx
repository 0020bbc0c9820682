import type { TokenScope } from "../../domain/token.js";
import { type Lifetime, lifetimes, type TokenDraft, type TokenProblems } from "../token-draft.js";
import { Field, Tick, wrong } from "./fields.js";
import { Form, type FormToken } from "./form.js";

const scopes: readonly (readonly [TokenScope, string, string])[] = [
  ["read", "Look only", "Sees everything, changes nothing. For reports, and for people who only look."],
  [
    "admin",
    "Do everything",
    "Connects accounts, adds and deletes subscriptions, and makes tokens like this one.",
  ],
];

const words: Record<Lifetime, string> = {
  never: "Never",
  "30": "In 30 days",
  "90": "In 90 days",
  "365": "In a year",
  date: "After the day below",
};

/** The form for another token. */
export function NewToken(props: { draft: TokenDraft; problems: TokenProblems; form: FormToken; now: Date }) {
  const { draft, problems, form, now } = props;
  if (form === null) return null;
  const { name, day } = problems;
  return (
    <section class="card form" aria-labelledby="new-token">
      <h2 id="new-token">Make a token</h2>
      <Form form={form} action="/tokens" class="fields" novalidate>
        <Field
          id="name"
          label="Name"
          help="Whom or what it is for."
          {...(name !== undefined && { problem: name })}
        >
          <input
            id="name"
            name="name"
            value={draft.name}
            maxlength={100}
            placeholder="Bookkeeping"
            autocomplete="off"
            {...wrong("name", name)}
          />
        </Field>
        <fieldset class="bare">
          <legend>What it may do</legend>
          {scopes.map(([scope, label, help]) => (
            <Tick
              type="radio"
              name="scope"
              value={scope}
              checked={draft.scope === scope}
              label={label}
              help={help}
            />
          ))}
        </fieldset>
        <div class="pair">
          <Field id="lifetime" label="It expires">
            <select id="lifetime" name="lifetime">
              {lifetimes.map((lifetime) => (
                <option value={lifetime} selected={lifetime === draft.lifetime}>
                  {words[lifetime]}
                </option>
              ))}
            </select>
          </Field>
          <div class="last-day">
            <Field
              id="day"
              label="Its last day"
              help="It is good to the end of this day (UTC)."
              {...(day !== undefined && { problem: day })}
            >
              <input
                id="day"
                name="day"
                type="date"
                min={now.toISOString().slice(0, 10)}
                value={draft.day}
                {...wrong("day", day)}
              />
            </Field>
          </div>
        </div>
        <button type="submit">Make it</button>
      </Form>
    </section>
  );
}
