import type { SourceView } from "../../services/accounts.js";
import type { ActivityView } from "../../services/events.js";
import { count } from "../format.js";
import type { GroupPage, SourceGroup } from "../source-groups.js";
import { asSentence, SourceGroupItem } from "./source-group.js";

/** So few groups are shown open at once. */
const fewGroups = 3;
/** Different reasons of failures that are told above the list. */
const shownReasons = 3;

/** The list, and what narrows it. */
export interface SourceListView {
  readonly account: string;
  readonly found: GroupPage;
  /** All that there are, whatever is looked for. */
  readonly sources: readonly SourceView[];
  /** Collections that there are. */
  readonly collections: number;
  /** What is looked for; empty for everything. */
  readonly wanted: string;
  readonly activity: ActivityView;
  readonly now: Date;
}

function Pager({ account, found, wanted }: Pick<SourceListView, "account" | "found" | "wanted">) {
  const { page, pages } = found;
  if (pages === 1) return null;
  const link = (to: number, words: string) => {
    const query = new URLSearchParams({ ...(wanted && { q: wanted }), ...(to > 1 && { page: String(to) }) });
    return <a href={`/accounts/${account}?${query}#sources`}>{words}</a>;
  };
  return (
    <nav class="pager" aria-label="Pages of collections">
      {page > 1 ? link(page - 1, "Before") : null}
      <span class="soft">
        Page {page} of {pages}
      </span>
      {page < pages ? link(page + 1, "More") : null}
    </nav>
  );
}

function Search({ account, wanted }: { account: string; wanted: string }) {
  return (
    <form method="get" action={`/accounts/${account}#sources`} class="search">
      <input
        type="search"
        name="q"
        value={wanted}
        aria-label="Name of a collection"
        placeholder="Name of a collection"
      />
      <button type="submit" class="quiet">
        Find
      </button>
      {wanted === "" ? null : <a href={`/accounts/${account}#sources`}>Show all</a>}
    </form>
  );
}

/** Why much fails at once, said once: mostly it is one thing. */
function Reasons({ failing }: { failing: readonly SourceView[] }) {
  const counts = new Map<string, number>();
  for (const { reason } of failing) {
    const text = asSentence(reason ?? "the last poll failed");
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const others = sorted.slice(shownReasons).reduce((sum, [, number]) => sum + number, 0);
  return (
    <div class="notice bad">
      {sorted.slice(0, shownReasons).map(([text, number]) => (
        <p>
          {count(number, "list")} cannot be read: {text}
        </p>
      ))}
      {others > 0 ? <p>{count(others, "more list")} cannot be read for other reasons.</p> : null}
      <p>They are tried again by themselves.</p>
    </div>
  );
}

/** What is polled of an account, by collection. */
export function SourceList(view: SourceListView) {
  const { account, found, sources, collections, wanted, activity, now } = view;
  const total = sources.length;
  const failing = sources.filter(({ status }) => status === "failing");
  const failingGroups = found.groups.filter((group) => group.failing > 0).length;
  const isOpen = ({ collection, failing: fails }: SourceGroup) =>
    collection === null || found.groups.length <= fewGroups || (fails > 0 && failingGroups <= fewGroups);
  return (
    <section id="sources" aria-labelledby="sources-heading">
      <div class="row">
        <h2 id="sources-heading">Sources</h2>
        {total === 0 ? null : (
          <span class="soft">
            {count(total, "list")}
            {collections > 0 ? `, of the account and of ${count(collections, "collection")}` : ""}
          </span>
        )}
        {collections > fewGroups || wanted !== "" ? <Search account={account} wanted={wanted} /> : null}
      </div>
      <div id="source-list" data-refresh="10">
        {failingGroups > fewGroups ? <Reasons failing={failing} /> : null}
        {total === 0 ? (
          <p class="empty">Nothing is polled yet. The first poll finds out what there is.</p>
        ) : found.groups.length === 0 ? (
          <p class="empty">No collection that is polled has “{wanted}” in its name.</p>
        ) : (
          <ul class="list groups-of-sources card">
            {found.groups.map((group) => (
              <SourceGroupItem group={group} activity={activity} isOpen={isOpen(group)} now={now} />
            ))}
          </ul>
        )}
        <Pager account={account} found={found} wanted={wanted} />
      </div>
    </section>
  );
}
