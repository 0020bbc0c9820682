import type { Child } from "hono/jsx";

/** What is wrong, beside the field. The field points to it with `aria-describedby`. */
function Problem({ id, text }: { id: string; text: string | undefined }) {
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
export function Field(props: { id: string; label: string; help?: Child; problem?: string; children: Child }) {
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
