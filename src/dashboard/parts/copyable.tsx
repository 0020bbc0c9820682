import type { Child } from "hono/jsx";

/** A text that can be copied, under its heading. */
export function Copyable(props: { id: string; heading: string; lead?: Child; text: string }) {
  const { id, heading, lead, text } = props;
  return (
    <section>
      <div class="row">
        <h2 id={`${id}-heading`}>{heading}</h2>
        {lead ? <span class="meta">{lead}</span> : null}
        <button type="button" class="quiet more" data-copy={id} aria-label={`Copy: ${heading}`} hidden>
          Copy
        </button>
      </div>
      <pre class="card" id={id} tabindex={0} dir="ltr">
        {text}
      </pre>
    </section>
  );
}
