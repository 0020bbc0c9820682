import type { RedisView, SystemView } from "../../services/system.js";
import { count, memory } from "../format.js";
import { Facts } from "./basics.js";

/** Nodes of a cluster that are shown. */
const shownNodes = 20;
/** From how much of its limit on memory is short, and nearly full. */
const shortPercent = 80;
const fullPercent = 95;

function Memory({ usedBytes, limitBytes }: Pick<RedisView, "usedBytes" | "limitBytes">) {
  if (limitBytes === null) {
    return (
      <>
        {memory(usedBytes)} <span class="meta">no limit is set</span>
      </>
    );
  }
  const percent = Math.min(100, Math.round((usedBytes / limitBytes) * 100));
  return (
    <>
      {memory(usedBytes)} of {memory(limitBytes)}, {percent} %
      <meter
        aria-label="Memory used"
        min={0}
        max={100}
        low={shortPercent}
        high={fullPercent}
        optimum={0}
        value={percent}
      >
        {percent} %
      </meter>
    </>
  );
}

function appendOnly({ keepsAppendOnlyFile: keeps }: RedisView): string {
  if (keeps === null) return "It does not say";
  return keeps ? "Kept: a crash loses a second at most" : "Not kept: a crash loses minutes";
}

/** How far its clock is off, in a word or two. */
function difference(ms: number): string {
  const off = Math.abs(ms);
  if (off < 50) return "Agrees with pixiehook's";
  const far = off < 1_000 ? `${Math.round(off)} ms` : `${(off / 1_000).toFixed(1)} s`;
  return `${far} ${ms > 0 ? "ahead of" : "behind"} pixiehook's`;
}

function Server({ server, aheadMs }: { server: RedisView; aheadMs: number | null }) {
  const { node, version, eviction, failedWrite } = server;
  return (
    <div class="card">
      {node === null ? null : <h3>{node}</h3>}
      <Facts
        facts={[
          ["Memory", <Memory {...server} />],
          ["Append-only file", appendOnly(server)],
          ["When memory is short", eviction === null ? "It drops nothing" : `It may drop keys: ${eviction}`],
          ["Last write to its disk", failedWrite === null ? "Went well" : `Failed: ${failedWrite}`],
          ...(aheadMs === null ? [] : ([["Its clock", difference(aheadMs)]] as const)),
          ["Version", version],
        ]}
      />
    </div>
  );
}

/** Redis, where everything is kept: one server, or the nodes of a cluster. */
export function RedisServers({ redis, aheadMs }: { redis: SystemView["redis"]; aheadMs: number }) {
  const more = redis.length - shownNodes;
  return (
    <section aria-labelledby="redis">
      <h2 id="redis">Redis</h2>
      <div class="servers">
        {redis.slice(0, shownNodes).map((server, index) => (
          <Server server={server} aheadMs={index === 0 ? aheadMs : null} />
        ))}
      </div>
      {more > 0 ? <p class="meta below">And {count(more, "node")} more.</p> : null}
    </section>
  );
}
