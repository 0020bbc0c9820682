import { resourceNames } from "../domain/record.js";
import type { SourceView } from "../services/accounts.js";

/** The lists of one collection, or (null) those of the whole account. */
export interface SourceGroup {
  readonly collection: { readonly id: string; readonly name: string | null } | null;
  /** What fails first, then in the order in which resources are named everywhere. */
  readonly sources: readonly SourceView[];
  readonly failing: number;
  readonly lastChangedAt: string | null;
}

/** One page of them. */
export interface GroupPage {
  readonly groups: readonly SourceGroup[];
  /** Collections that were found, on all pages. */
  readonly collections: number;
  readonly page: number;
  readonly pages: number;
}

/** Collections on a page: a page of these stays small whatever a library holds. */
const groupsOnPage = 25;

const urgency: readonly SourceView["status"][] = ["failing", "waiting", "active", "off"];
const fold = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** ISO moments in their order. */
const earlier = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function inOrder(sources: readonly SourceView[]): SourceView[] {
  return [...sources].sort(
    (a, b) =>
      urgency.indexOf(a.status) - urgency.indexOf(b.status) ||
      resourceNames.indexOf(a.resource) - resourceNames.indexOf(b.resource),
  );
}

/** Sources by their collections: those of the whole account first, then what fails, then what changed last. */
export function groupSources(sources: readonly SourceView[]): SourceGroup[] {
  const byCollection = new Map<string | null, SourceView[]>();
  for (const source of sources) {
    const id = source.scope?.id ?? null;
    const known = byCollection.get(id);
    if (known) known.push(source);
    else byCollection.set(id, [source]);
  }
  const groups = [...byCollection.values()].map((all): SourceGroup => {
    return {
      collection: all[0]?.scope ?? null,
      sources: inOrder(all),
      failing: all.filter(({ status }) => status === "failing").length,
      lastChangedAt:
        all
          .flatMap(({ lastChangedAt: at }) => at ?? [])
          .sort()
          .at(-1) ?? null,
    };
  });
  const names = new Intl.Collator("en", { numeric: true });
  const nameOf = ({ collection }: SourceGroup) => collection?.name ?? collection?.id ?? "";
  return groups.sort(
    (a, b) =>
      Number(a.collection !== null) - Number(b.collection !== null) ||
      Number(b.failing > 0) - Number(a.failing > 0) ||
      earlier(b.lastChangedAt ?? "", a.lastChangedAt ?? "") ||
      names.compare(nameOf(a), nameOf(b)),
  );
}

/**
 * A page of groups. `wanted`: part of a collection's name, or its id, in any case; the lists of the whole account stand
 * on the first page when nothing is looked for. A page that is not there is the nearest that is.
 */
export function pageOfGroups(groups: readonly SourceGroup[], wanted: string, page: number): GroupPage {
  const looked = fold(wanted.trim());
  const ofCollections = groups.filter(({ collection }) => {
    if (collection === null) return false;
    return looked === "" || collection.id === wanted.trim() || fold(collection.name ?? "").includes(looked);
  });
  const pages = Math.max(1, Math.ceil(ofCollections.length / groupsOnPage));
  const shown = Math.min(Math.max(1, Math.trunc(page)), pages);
  const ofAccount =
    looked === "" && shown === 1 ? groups.filter(({ collection }) => collection === null) : [];
  return {
    groups: [...ofAccount, ...ofCollections.slice((shown - 1) * groupsOnPage, shown * groupsOnPage)],
    collections: ofCollections.length,
    page: shown,
    pages,
  };
}
