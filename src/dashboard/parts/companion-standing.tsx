import { isWaiting, type Standing, sessionSentence, toneOf } from "../concerns.js";
import { State, Time } from "./basics.js";

/** Whether an account can be read; while it waits for a browser, since when. */
export function StandingLine({ standing, now }: { standing: Standing; now: Date }) {
  const { browser } = standing;
  return (
    <State tone={toneOf(standing, now)}>
      {isWaiting(standing) && browser ? (
        <span>
          {sessionSentence(standing)} Last heard of <Time iso={browser.lastHeardAt} now={now} />.
        </span>
      ) : (
        sessionSentence(standing)
      )}
    </State>
  );
}
