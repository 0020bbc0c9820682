import type { BudgetOption } from "../../domain/budget-options.js";
import type { AccountView, ForecastView } from "../../services/accounts.js";
import { about, delaySentence, span } from "../format.js";
import { State } from "./basics.js";
import { Form, type FormToken } from "./form.js";

const amount = (number: number) => Number(number.toPrecision(3)).toLocaleString("en-GB");
const inWords = (number: number) => `${amount(number)} ${number === 1 ? "request" : "requests"} a minute`;
const isUsed = ({ requestsPerMinute, usedRequestsPerMinute }: BudgetOption) =>
  usedRequestsPerMinute >= 0.99 * requestsPerMinute;

/** What a budget buys, as sentences: what stands beside the slider. */
function bought(option: BudgetOption, longest: string): string {
  const { expectedDelaySeconds: delay, usedRequestsPerMinute, keepsMaxInterval } = option;
  const found =
    delay === null ? "No change is expected just now." : `Changes are found in ${about(delay)} on average.`;
  const used = isUsed(option)
    ? "All of it is used."
    : `Only ${amount(usedRequestsPerMinute)} of it would be used: no list is polled more often than was set.`;
  const kept = keepsMaxInterval
    ? `Every list is looked at within ${longest}.`
    : `Too little to look at every list within ${longest}.`;
  return `${found} ${used} ${kept}`;
}

function Steps(props: { weighed: readonly BudgetOption[]; present: number; longest: string }) {
  const { weighed, present, longest } = props;
  return (
    <details id="budget-steps" open>
      <summary>What each budget buys</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Requests a minute</th>
              <th scope="col">Changes found in</th>
              <th scope="col" class="number">
                Used
              </th>
              <th scope="col">Every list within {longest}</th>
            </tr>
          </thead>
          <tbody>
            {weighed.map((option) => {
              const { requestsPerMinute, expectedDelaySeconds, usedRequestsPerMinute } = option;
              return (
                <tr>
                  <th scope="row">
                    <label class="tick">
                      <input
                        type="radio"
                        name="requestsPerMinute"
                        value={String(requestsPerMinute)}
                        checked={requestsPerMinute === present}
                        data-name={inWords(requestsPerMinute)}
                        data-buys={bought(option, longest)}
                      />
                      {amount(requestsPerMinute)}
                      {requestsPerMinute === present ? <span class="soft">as set</span> : null}
                    </label>
                  </th>
                  <td>{expectedDelaySeconds === null ? "—" : about(expectedDelaySeconds)}</td>
                  <td class="number">{amount(usedRequestsPerMinute)}</td>
                  <td>
                    <State tone={option.keepsMaxInterval ? "good" : "warn"}>
                      {option.keepsMaxInterval ? "Yes" : "No"}
                    </State>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** Takes the place of the table where there are scripts: it moves among its rows. */
function Slider({ weighed, present, longest }: Parameters<typeof Steps>[0]) {
  const index = weighed.findIndex(({ requestsPerMinute }) => requestsPerMinute === present);
  const option = weighed[index];
  return (
    <div class="slide" hidden>
      <label for="budget-slider">Requests a minute</label>
      <input
        id="budget-slider"
        type="range"
        min="0"
        max={String(weighed.length - 1)}
        step="1"
        value={String(index)}
        aria-describedby="budget-buys"
      />
      <p id="budget-buys">
        <strong data-chosen="">{inWords(present)}</strong>
        <span class="soft" data-bought="">
          {option ? bought(option, longest) : ""}
        </span>
      </p>
    </div>
  );
}

/** What the budget buys, what others would, and the choice among them. */
export function Budget(props: {
  account: AccountView;
  forecast: ForecastView;
  weighed: readonly BudgetOption[];
  form: FormToken;
}) {
  const { account, forecast, weighed, form } = props;
  const { maxIntervalMinutes, requestsPerMinute: present } = account.polling;
  const longest = span(maxIntervalMinutes * 60);
  const sentence = delaySentence(forecast);
  const { keepsMaxInterval, requestsPerMinuteForMaxInterval: needed } = forecast;
  return (
    <section id="budget" aria-labelledby="budget-heading" class="card budget">
      <h2 id="budget-heading">Budget</h2>
      <p class="soft">
        {sentence ?? "What a budget buys can be said once the session is active and lists are read."}
      </p>
      {keepsMaxInterval === false ? (
        <p class="soft">
          To look at every list within {longest}, as was set, takes {needed} requests a minute.
        </p>
      ) : null}
      {weighed.length === 0 ? null : (
        <Form form={form} action={`/accounts/${account.id}/budget`} class="budget-form">
          <Slider weighed={weighed} present={present} longest={longest} />
          <Steps weighed={weighed} present={present} longest={longest} />
          <button type="submit">Set this budget</button>
        </Form>
      )}
    </section>
  );
}
