import type { Child } from "hono/jsx";

/** What a form of this session carries; null for those who may only look, who get no forms. */
export type FormToken = string | null;

/** A form that changes something. Those who may only look do not see it. */
export function Form(props: {
  form: FormToken;
  action: string;
  class?: string;
  id?: string;
  target?: string;
  rel?: string;
  novalidate?: boolean;
  children: Child;
}) {
  const { form, children, ...rest } = props;
  if (form === null) return null;
  return (
    <form method="post" {...rest}>
      <input type="hidden" name="form" value={form} />
      {children}
    </form>
  );
}

/** A form of one button. */
export function Action(props: {
  path: string;
  form: FormToken;
  label: string;
  quiet?: boolean;
  danger?: boolean;
  children?: Child;
}) {
  return (
    <Form action={props.path} form={props.form} class="action">
      {props.children}
      <button type="submit" class={props.quiet ? "quiet" : props.danger ? "danger" : undefined}>
        {props.label}
      </button>
    </Form>
  );
}

/** A link to a page where something is changed. Those who may only look do not see it. */
export function ChangeLink(props: { form: FormToken; href: string; class?: string; children: Child }) {
  const { form, children, ...rest } = props;
  return form === null ? null : <a {...rest}>{children}</a>;
}
