import { count } from "../format.js";
import type { Hour, LastDay } from "../last-day.js";
import { Bars, Legend } from "./chart.js";

const scale = ["24 h ago", "18 h", "12 h", "6 h", "now"];

function labelOf({ name, parts }: Hour, groups: LastDay["groups"]): string {
  const total = parts.reduce((sum, part) => sum + part, 0);
  const kinds = parts.flatMap((part, index) =>
    part === 0 ? [] : `${part.toLocaleString("en-GB")} ${groups[index]?.name.toLowerCase()}`,
  );
  return `${name}: ${count(total, "event")}${kinds.length === 0 ? "" : ` (${kinds.join(", ")})`}`;
}

/** The events of the last day as bars, with what they come to in words. */
export function LastDayChart({ day }: { day: LastDay }) {
  const { hours, groups, sentence } = day;
  const bars = hours.map((hour) => ({ label: labelOf(hour, groups), parts: hour.parts }));
  return (
    <section id="day" class="day" data-refresh="15" aria-labelledby="day-heading">
      <h2 id="day-heading">The last day</h2>
      <div class="card">
        <p>{sentence}</p>
        <Bars bars={bars} label={`Events of each hour of the last day. ${sentence}`} />
        <div class="scale" aria-hidden="true">
          {scale.map((mark) => (
            <span>{mark}</span>
          ))}
        </div>
        <Legend names={groups.map(({ name, total }) => `${name} ${total.toLocaleString("en-GB")}`)} />
      </div>
    </section>
  );
}
