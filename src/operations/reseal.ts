import type { LostSeal, SealService } from "../services/seals.js";
import { unwrapCursor, wrapCursor } from "../store/page.js";
import type { Seal } from "../store/seals.js";
import type { Store } from "../store/store.js";

/** How long a stretch may take, ms, and how many owners are looked at side by side. */
const stretchMs = 1_000;
const atOnce = 50;

const stages = ["accounts", "subscriptions", "answers"] as const;

/** Where a stretch begins: behind an owner, or at a place in the answers. */
interface Place {
  readonly stage: (typeof stages)[number];
  readonly behind: string;
}

function placeOf(after: string | null): Place {
  const place = unwrapCursor(after, /^((accounts|subscriptions) ([a-z]{3}_[0-9a-z]+)?|answers (\d+ \d+)?)$/);
  const stage = stages.find((one) => place?.startsWith(one));
  return place === null || !stage
    ? { stage: "accounts", behind: "" }
    : { stage, behind: place.slice(stage.length + 1) };
}

/** Puts everything under the first key, owner by owner, in the order of their ids: what is made meanwhile is under it anyhow. */
export function createSealService({ store }: { readonly store: Store }): SealService {
  const owners = {
    accounts: () => store.accounts.ids(),
    subscriptions: () => store.subscriptions.ids(),
  };

  async function step({
    stage,
    behind,
  }: Place): Promise<{ found: [string | null, Seal][]; next: Place | null }> {
    if (stage === "answers") {
      const { seals, next } = await store.seals.answers(behind === "" ? null : behind);
      return {
        found: seals.map((seal) => [null, seal]),
        next: next === null ? null : { stage, behind: next },
      };
    }
    const left = (await owners[stage]()).filter((id) => id > behind).sort();
    const some = left.slice(0, atOnce);
    const look = stage === "accounts" ? store.seals.account : store.seals.subscription;
    const found = await Promise.all(
      some.map(async (id) => (await look(id)).map((seal): [string, Seal] => [id, seal])),
    );
    const last = left.length > some.length ? some.at(-1) : undefined;
    const following: Place = { stage: stage === "accounts" ? "subscriptions" : "answers", behind: "" };
    return { found: found.flat(), next: last === undefined ? following : { stage, behind: last } };
  }

  return {
    async reseal(after) {
      const until = performance.now() + stretchMs;
      const lost: LostSeal[] = [];
      let [checked, sealed] = [0, 0];
      let place: Place | null = placeOf(after);
      while (place !== null && performance.now() < until) {
        const { found, next } = await step(place);
        checked += found.length;
        sealed += found.filter(([, { became }]) => became === "sealed").length;
        for (const [of, { what, became }] of found) if (became === "lost") lost.push({ what, of });
        place = next;
      }
      return { checked, sealed, lost, next: place && wrapCursor(`${place.stage} ${place.behind}`) };
    },
  };
}
