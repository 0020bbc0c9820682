import type { DeliveryFigures, DeliveryStretch } from "../../domain/delivery-figures.js";
import type { ChannelType } from "../../domain/subscription.js";
import { absolute, span, took } from "../format.js";
import { type Bar, Bars, Legend } from "./chart.js";

/** Bars of a chart; each stands for as many deliveries as it takes. */
export const figureBars = 40;

const receivers: Record<ChannelType, string> = {
  webhook: "The receiver answers",
  slack: "Slack answers",
  email: "The mail server takes each message",
};

/** `84 ms`, `1.2 s`, `15 s`. */
function precisely(ms: number): string {
  return ms >= 1_000 && ms < 9_950
    ? `${(ms / 1_000).toFixed(1)} s`
    : ms < 1_000
      ? took(ms)
      : span(ms / 1_000);
}

/** How deliveries went, in words: `198 of the last 200 arrived, 190 at the first try.` */
function arrivalSentence({ finished, delivered, firstTry }: DeliveryFigures): string {
  if (finished === 1) {
    const how = firstTry === 1 ? "arrived at the first try" : "arrived after further tries";
    return `The one delivery so far ${delivered === 0 ? "was given up" : how}.`;
  }
  if (delivered === 0) return `None of the last ${finished} arrived.`;
  const arrived =
    delivered === finished ? `All of the last ${finished}` : `${delivered} of the last ${finished}`;
  const smoothly =
    firstTry === delivered
      ? delivered === 1
        ? "at the first try"
        : "each at the first try"
      : `${firstTry} at the first try`;
  return `${arrived} arrived, ${smoothly}.`;
}

/** How long the receiver takes, in words; null while nothing arrived. */
function answerSentence(
  { delivered, medianMs, slowMs }: DeliveryFigures,
  channel: ChannelType,
): string | null {
  if (medianMs === null || slowMs === null) return null;
  const rule = `${receivers[channel]} in ${precisely(medianMs)}`;
  if (precisely(slowMs) === precisely(medianMs)) return `${rule}.`;
  const worst = delivered < 20 ? "at worst" : "in 95 of 100 cases";
  return `${rule} as a rule, ${delivered < 20 ? "" : "within "}${precisely(slowMs)} ${worst}.`;
}

function whenOf({ from, until }: DeliveryStretch): string {
  return from === until ? absolute(from) : `${absolute(from)} to ${absolute(until)}`;
}

function arrivalBar(stretch: DeliveryStretch): Bar {
  const { firstTry, later, failed } = stretch;
  const parts = [
    [firstTry, "at the first try"],
    [later, "after further tries"],
    [failed, "failed"],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, how]) => `${number} ${how}`);
  return { label: `${whenOf(stretch)}: ${said.join(", ")}`, parts: parts.map(([number]) => number) };
}

function answerBar(stretch: DeliveryStretch): Bar {
  const { medianMs } = stretch;
  const said = medianMs === null ? "nothing arrived" : precisely(medianMs);
  return { label: `${whenOf(stretch)}: ${said}`, parts: [medianMs ?? 0] };
}

/** So many bars, whatever there is to show: the newest stand on the right. */
function padded(bars: readonly Bar[]): Bar[] {
  const none = { label: "No delivery yet", parts: [] };
  return [...Array<Bar>(Math.max(0, figureBars - bars.length)).fill(none), ...bars];
}

/** How a subscription does: two small charts, and the same in words. */
export function Figures({ figures, channel }: { figures: DeliveryFigures; channel: ChannelType }) {
  if (figures.finished === 0) return null;
  const { stretches } = figures;
  const answers = answerSentence(figures, channel);
  const most = Math.max(...stretches.map(({ medianMs }) => medianMs ?? 0));
  const each = Math.ceil(figures.finished / figureBars);
  const isEven = precisely(most) === precisely(figures.medianMs ?? most);
  const hasTrouble = figures.firstTry < figures.finished;
  return (
    <section class="card figures" aria-label="How it does">
      <figure>
        <figcaption>{arrivalSentence(figures)}</figcaption>
        <Bars bars={padded(stretches.map(arrivalBar))} label={`What arrived: ${arrivalSentence(figures)}`} />
        {hasTrouble ? <Legend names={["At the first try", "After further tries", "Failed"]} /> : null}
      </figure>
      {answers === null ? null : (
        <figure>
          <figcaption>{answers}</figcaption>
          <Bars bars={padded(stretches.map(answerBar))} label={`How long it takes: ${answers}`} />
          {isEven ? null : (
            <p class="meta">
              {each === 1 ? "" : `Each bar is the middle of ${each} deliveries. `}The tallest is{" "}
              {precisely(most)}.
            </p>
          )}
        </figure>
      )}
    </section>
  );
}
