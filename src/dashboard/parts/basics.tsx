import type { Child } from "hono/jsx";
import { absolute, relative } from "../format.js";

export type Tone = "good" | "warn" | "bad" | "idle";

/** A moment: relative to read, absolute on hover and to machines. */
export function Time(props: { iso: string | null; now: Date; none?: string }) {
  const { iso, now, none = "never" } = props;
  if (iso === null) return <span class="soft">{none}</span>;
  return (
    <time datetime={iso} title={absolute(iso)} data-relative="">
      {relative(iso, now)}
    </time>
  );
}

/** A state as a coloured dot with its word: never the colour alone. */
export function State({ tone, children }: { tone: Tone; children: Child }) {
  return (
    <span class={`state ${tone}`}>
      <span class="dot" aria-hidden="true" />
      {children}
    </span>
  );
}

/** Facts with their names. */
export function Facts({ facts }: { facts: readonly (readonly [string, Child])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A heading with a line of context and what can be done. */
export function PageHead(props: { title: string; lead?: Child; children?: Child }) {
  return (
    <header class="head">
      <div>
        <h1>{props.title}</h1>
        {props.lead ? <p class="lead">{props.lead}</p> : null}
      </div>
      {props.children ? <div class="actions">{props.children}</div> : null}
    </header>
  );
}
