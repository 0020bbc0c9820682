import type { Check, SystemView } from "../../services/system.js";
import { count, span } from "../format.js";
import { Facts, State, Time } from "../parts/basics.js";
import { FullestMailboxes, MailboxSums } from "../parts/system-mailboxes.js";
import { Queues } from "../parts/system-queues.js";
import { RedisServers } from "../parts/system-redis.js";

/** Processes that are listed; the metrics count all of them. */
const shownProcesses = 30;

const areas: Record<Check["area"], string> = {
  redis: "Redis",
  clock: "Clocks",
  workers: "Work",
  mail: "Mail server",
  receivers: "Receivers",
  data: "Data folder",
};

const roleWords: Readonly<Record<string, string>> = {
  api: "shows these pages and answers programs",
  poll: "reads Pixieset",
  "fan-out": "hands events to subscriptions",
  deliver: "sends deliveries",
  clock: "wakes what is due",
};

/** Is everything that pixiehook needs there, and all work done? What is wrong stands under it, with what to do. */
function Verdict({ checks, now, at }: { checks: readonly Check[]; now: Date; at: string }) {
  const problems = checks.filter(({ level }) => level === "problem");
  const notices = checks.filter(({ level }) => level === "notice");
  const read = (
    <p class="meta">
      Read <Time iso={at} now={now} />. This page keeps itself fresh.
    </p>
  );
  if (problems.length + notices.length === 0) {
    return (
      <section class="verdict good">
        <h1>All parts run and are in time</h1>
        <p class="lead">Nothing waits longer than it should, and all that pixiehook needs is there.</p>
        {read}
      </section>
    );
  }
  const [needed, known] = [problems.length, notices.length];
  const heading =
    needed === 0
      ? `All parts run; ${count(known, "thing")} to know of`
      : `${count(needed, "thing")} ${needed === 1 ? "needs" : "need"} you${known === 0 ? "" : `, ${known} to know of`}`;
  return (
    <section class={`verdict ${needed === 0 ? "warn" : "bad"}`}>
      <h1>{heading}</h1>
      <ul class="concerns">
        {[...problems, ...notices].map(({ text, remedy }) => (
          <li>
            <span>{text}</span>
            {remedy === null ? null : <span class="remedy">{remedy}</span>}
          </li>
        ))}
      </ul>
      {read}
    </section>
  );
}

function Processes({ processes }: Pick<SystemView, "processes">) {
  const more = processes.length - shownProcesses;
  const lead =
    processes.length === 0
      ? "No process says that it is there."
      : processes.length === 1
        ? "One process does all the work."
        : `${processes.length.toLocaleString("en-GB")} processes share the work.`;
  return (
    <section aria-labelledby="processes">
      <h2 id="processes">Processes</h2>
      <p class="soft">{lead}</p>
      {processes.length === 0 ? null : (
        <ul class="list card">
          {processes.slice(0, shownProcesses).map(({ pid, roles }) => (
            <li class="entry">
              <span class="process">Process {pid}</span>
              <span class="what soft">{roles.map((role) => roleWords[role] ?? role).join(", ")}</span>
            </li>
          ))}
        </ul>
      )}
      {more > 0 ? <p class="soft">And {more.toLocaleString("en-GB")} more.</p> : null}
    </section>
  );
}

/** What is as it should be; what is not stands in the verdict. */
function Checks({ checks, checkedAt, now }: Pick<SystemView, "checks" | "checkedAt"> & { now: Date }) {
  const good = checks.filter(({ level }) => level === "good");
  return (
    <section aria-labelledby="checks">
      <h2 id="checks">What was checked and is well</h2>
      <ul class="list card">
        {good.map(({ area, text }) => (
          <li class="entry">
            <span class="area">
              <State tone="good">{areas[area]}</State>
            </span>
            <span class="what">{text}</span>
          </li>
        ))}
      </ul>
      <p class="meta below">
        {checkedAt === null ? (
          "The mail server, the receivers and the data folder are being looked at."
        ) : (
          <>
            The mail server, the receivers and the data folder were looked at{" "}
            <Time iso={checkedAt} now={now} />, without sending anything. While this page is open that is done
            once a minute.
          </>
        )}
      </p>
    </section>
  );
}

function clockSentence(seconds: number): string {
  return seconds < 2 ? "The clock is in time." : `The clock is ${span(seconds)} late.`;
}

/** For those who run pixiehook: what runs, what waits, and how its Redis is. */
export function SystemPage(props: { system: SystemView; version: string; publicUrl: string; now: Date }) {
  const { system, version, publicUrl, now } = props;
  const { checks, checkedAt } = system;
  return (
    <>
      <div id="system" data-refresh="5">
        <Verdict checks={checks} at={system.at} now={now} />
        <Processes processes={system.processes} />
        <Queues queues={system.queues} clock={clockSentence(system.clockLateSeconds)} />
        <section aria-labelledby="mailboxes">
          <h2 id="mailboxes">Deliveries that wait</h2>
          <MailboxSums mailboxes={system.mailboxes} />
          <FullestMailboxes fullest={system.fullest} filled={system.filled} now={now} />
        </section>
        <RedisServers redis={system.redis} aheadMs={system.redisAheadMs} />
        <Checks checks={checks} checkedAt={checkedAt} now={now} />
      </div>
      <section aria-labelledby="about">
        <h2 id="about">About this pixiehook</h2>
        <div class="card">
          <Facts
            facts={[
              ["Version", version],
              ["Address", <a href={publicUrl}>{publicUrl}</a>],
              ["Who may come in", <a href="/tokens">API tokens</a>],
              ["For programs", <AddressList paths={["/docs", "/openapi.json"]} />],
              ["For Prometheus", <AddressList paths={["/metrics"]} />],
              ["Does it live, is it ready", <AddressList paths={["/healthz", "/readyz"]} />],
            ]}
          />
        </div>
      </section>
    </>
  );
}

function AddressList({ paths }: { paths: readonly string[] }) {
  return (
    <>
      {paths.map((path, index) => (
        <>
          {index === 0 ? "" : " · "}
          <a href={path}>
            <code>{path}</code>
          </a>
        </>
      ))}
    </>
  );
}
