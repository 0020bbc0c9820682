import type { Child } from "hono/jsx";

/** What is wrong, beside the field. The field points to it with `aria-describedby`. */
export function Problem({ id, text }: { id: string; text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p class="problem" id={`${id}-problem`}>
      {text}
    </p>
  );
}

/** The attributes of a field with its problem, if it has one. */
export function wrong(id: string, text: string | undefined) {
  return text === undefined ? {} : { "aria-invalid": "true" as const, "aria-describedby": `${id}-problem` };
}

/** A label over one field, a line of help under it. */
export function Field(props: {
  id: string;
  label: string;
  help?: Child;
  problem?: string | undefined;
  children: Child;
}) {
  const { id, label, help, problem } = props;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {props.children}
      <Problem id={id} text={problem} />
      {help ? <p class="meta">{help}</p> : null}
    </div>
  );
}

/** A field of one line. Its name is its id unless told. */
export function TextField(props: {
  id: string;
  name?: string;
  label: string;
  value: string;
  type?: "text" | "url" | "time";
  placeholder?: string;
  inputmode?: "decimal" | "numeric";
  help?: Child;
  problem?: string | undefined;
}) {
  const { id, name = id, label, help, problem, type = "text", value, ...rest } = props;
  return (
    <Field id={id} label={label} help={help} problem={problem}>
      <input
        id={id}
        name={name}
        type={type}
        value={value}
        autocomplete="off"
        {...rest}
        {...wrong(id, problem)}
      />
    </Field>
  );
}

/** A field of several lines. Its name is its id unless told. */
export function LinesField(props: {
  id: string;
  name?: string;
  label: string;
  value: string;
  rows?: number;
  placeholder?: string;
  help?: Child;
  problem?: string | undefined;
}) {
  const { id, name = id, label, help, problem, value, rows = 3, ...rest } = props;
  const settings = { id, name, rows, spellcheck: false, autocomplete: "off", ...rest } as const;
  return (
    <Field id={id} label={label} help={help} problem={problem}>
      <textarea {...settings} {...wrong(id, problem)}>
        {value}
      </textarea>
    </Field>
  );
}

/** A checkbox or radio button with its words. */
export function Tick(props: {
  type: "checkbox" | "radio";
  name: string;
  value: string;
  checked: boolean;
  label: Child;
  help?: Child;
  id?: string;
}) {
  const { type, name, value, checked, label, help, id } = props;
  return (
    <label class="tick">
      <input type={type} name={name} value={value} checked={checked} id={id} />
      <span>
        <span class="label">{label}</span>
        {help ? <span class="meta">{help}</span> : null}
      </span>
    </label>
  );
}

/** A question with several fields as its answer. */
export function Question(props: {
  id: string;
  title: string;
  lead?: Child;
  problem?: string;
  children: Child;
}) {
  const { id, title, lead, problem } = props;
  return (
    <fieldset class={`card question ${id}`} id={id} {...wrong(id, problem)}>
      <legend>
        <h2>{title}</h2>
      </legend>
      {lead ? <p class="soft">{lead}</p> : null}
      <Problem id={id} text={problem} />
      {props.children}
    </fieldset>
  );
}

/** Answers that most people leave as they are: folded, with a few words on what they are now. */
export function Fold(props: { id: string; title: string; now: string; open: boolean; children: Child }) {
  const { id, title, now, open } = props;
  return (
    <details class="fold" id={`fold-${id}`} open={open}>
      <summary>
        <h3 id={`${id}-title`}>{title}</h3>
        <FoldNow id={id} now={now} />
      </summary>
      <fieldset class="inside" aria-labelledby={`${id}-title`}>
        {props.children}
      </fieldset>
    </details>
  );
}

/** What a fold holds now. Scripts put a new one in its place. */
export function FoldNow({ id, now }: { id: string; now: string }) {
  return (
    <span class="soft" id={`now-${id}`}>
      {now}
    </span>
  );
}
