import { matchesPattern } from "../domain/catalog.js";
import { isClient, type PixiehookEvent, thawEvent } from "../domain/event.js";
import { isSample } from "../domain/sample.js";
import { type SubscriptionInput, wantsEvent } from "../domain/subscription.js";
import type { Services } from "../services.js";

/** What a subscription would have told. */
export interface PreviewView {
  readonly sentence: string;
  /** The newest that it would have told of. */
  readonly events: readonly PixiehookEvent[];
}

const shown = 5;
const looked = 50;

const lastEvents = (number: number) => (number === 1 ? "the last event" : `the last ${number} events`);

/** Why none of these events fits. */
function whyNone(input: SubscriptionInput, recent: readonly PixiehookEvent[]): string {
  const { events, filter } = input;
  const none = recent.length === 1 ? "The last event is not" : `None of ${lastEvents(recent.length)} is`;
  const kinds = recent.filter(({ type }) => events.some((pattern) => matchesPattern(pattern, type)));
  if (kinds.length === 0) return `${none} of these kinds.`;
  const inCollections = ({ data }: PixiehookEvent) =>
    filter?.collections?.includes(data.collection?.id ?? "");
  const byClients = ({ data }: PixiehookEvent) =>
    filter?.clients?.some((wanted) => isClient(data.client, wanted));
  const highEnough = ({ data: { object } }: PixiehookEvent) =>
    typeof object.amount === "number" && object.amount >= (filter?.amountAtLeast ?? 0);
  const begin = `${kinds.length} of ${lastEvents(recent.length)} ${kinds.length === 1 ? "is" : "are"} of these kinds, but none`;
  if (filter?.collections && !kinds.some(inCollections)) return `${begin} is in the collections chosen.`;
  if (filter?.clients && !kinds.some(byClients)) return `${begin} is by these clients.`;
  if (filter?.amountAtLeast !== undefined && !kinds.some(highEnough))
    return `${begin} is of this amount or more.`;
  return `${begin} is all that is asked for at once.`;
}

/** Looks at the newest events: how many of them a subscription would have told, and which. */
export async function previewOf(
  { events, subscriptions }: Pick<Services, "events" | "subscriptions">,
  input: SubscriptionInput,
): Promise<PreviewView> {
  const anything = { types: [], collection: null, client: null, since: null, until: null, matched: null };
  const query = { ...anything, account: input.account, order: "desc", limit: looked, after: null } as const;
  const [page, matched] = await Promise.all([events.list(query), subscriptions.preview(input)]);
  const recent = page.data.map(thawEvent).filter((event) => !isSample(event));
  const wish = { ...input, id: "sub_preview", enabled: true };
  const fitting = recent.filter((event) => wantsEvent(wish, event)).length;
  const found = matched.slice(0, shown).map(thawEvent);
  if (recent.length === 0 && found.length === 0)
    return { sentence: "Nothing has happened yet. Later you see here what it tells.", events: [] };
  if (fitting === 0 && found.length === 0) return { sentence: whyNone(input, recent), events: [] };
  if (fitting === 0)
    return { sentence: `None of ${lastEvents(recent.length)}, but of those before:`, events: found };
  const share = fitting === recent.length ? "All" : String(fitting);
  const sentence = recent.length === 1 ? "The last event." : `${share} of ${lastEvents(recent.length)}.`;
  return { sentence, events: found };
}
