/** One bar: what it stands for, and how much it is, in parts that lie on one another. */
export interface Bar {
  readonly label: string;
  readonly parts: readonly number[];
  /** Something went wrong there. */
  readonly isBad?: boolean;
}

const barWidth = 10;
const gap = 3;
const height = 100;
/** So much can be seen even of the smallest bar. */
const least = 3;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

function Stack({ bar, x, most }: { bar: Bar; x: number; most: number }) {
  let top = height;
  return (
    <g>
      <title>{bar.label}</title>
      <rect class="empty-bar" x={x} y={height - 1} width={barWidth} height={1} />
      {bar.parts.map((part, index) => {
        if (part === 0) return null;
        const tall = Math.max(least, (part / most) * height);
        top -= tall;
        const tone = bar.isBad ? "bad-bar" : `part-${index}`;
        return (
          <rect class={tone} x={x} y={top.toFixed(1)} width={barWidth} height={tall.toFixed(1)} rx="1" />
        );
      })}
    </g>
  );
}

/**
 * Bars side by side, drawn with attributes alone: the pages allow no styles of their own. `label` says in words what
 * they show, for those who do not see them; each bar names itself when it is pointed at.
 */
export function Bars(props: { bars: readonly Bar[]; label: string; class?: "chart" | "spark" }) {
  const { bars, label } = props;
  const most = Math.max(1, ...bars.map(({ parts }) => sum(parts)));
  const width = bars.length * (barWidth + gap) - gap;
  return (
    <svg
      class={props.class ?? "chart"}
      viewBox={`0 0 ${Math.max(width, 1)} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {bars.map((bar, index) => (
        <Stack bar={bar} x={index * (barWidth + gap)} most={most} />
      ))}
    </svg>
  );
}

/** What the colours of the parts mean, in their order. */
export function Legend({ names }: { names: readonly string[] }) {
  return (
    <ul class="legend">
      {names.map((name, index) => (
        <li>
          <span class={`swatch part-${index}`} aria-hidden="true" />
          {name}
        </li>
      ))}
    </ul>
  );
}
