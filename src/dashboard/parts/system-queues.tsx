import type { QueueView } from "../../services/system.js";
import { span } from "../format.js";

const words: Readonly<Record<string, string>> = {
  poll: "Reads the lists of accounts",
  "fan-out": "Hands events to subscriptions",
  deliver: "Sends deliveries",
  replay: "Brings back past events",
  clock: "Wakes what is due, every second",
  sweep: "Deletes what is too old, once an hour or more often",
};

const columns = ["Waiting", "Active", "Later", "Failed"] as const;

function QueueRow({ queue }: { queue: QueueView }) {
  const { name, waiting, active, delayed, failed, oldestSeconds } = queue;
  return (
    <tr>
      <th scope="row">
        {words[name] ?? name}
        <span class="meta"> {name}</span>
      </th>
      {[waiting, active, delayed, failed].map((number, index) => (
        <td class={number === 0 ? "number soft" : "number"} data-label={columns[index]}>
          {number.toLocaleString("en-GB")}
        </td>
      ))}
      <td class={oldestSeconds === null ? "number soft" : "number"} data-label="Oldest">
        {oldestSeconds === null ? "—" : span(oldestSeconds)}
      </td>
    </tr>
  );
}

/** The queues of BullMQ, and how late the clock is. */
export function Queues({ queues, clock }: { queues: readonly QueueView[]; clock: string }) {
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">Queues</h2>
      <p class="soft">
        Jobs of BullMQ, each of which wakes an account or a subscription to its work. Those that failed are
        kept for a look: the clock makes new ones by itself. {clock}
      </p>
      <div class="card scroll">
        <table class="stacked queues">
          <thead>
            <tr>
              <th scope="col">What it does</th>
              {[...columns, "Oldest"].map((name) => (
                <th scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {queues.map((queue) => (
              <QueueRow queue={queue} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
