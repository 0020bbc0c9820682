import type { PixiehookEvent } from "../../domain/event.js";
import { changesOf, quoted } from "./facts.js";
import { clean, cut, moments, plural } from "./format.js";
import { type Group, groupOf, member, nameOfClient } from "./group.js";
import { phraseOf } from "./phrases.js";
import { capital } from "./sentence.js";
import { serviceItem } from "./service.js";

/** One of the events of a digest, on one line. */
export interface Item {
  readonly name: string;
  readonly detail: string | null;
  /** Null where it would be the same for all: the message itself is dated. */
  readonly when: string | null;
  readonly link: string;
}

/** When it happened (ms): by the upstream where it tells, otherwise when it was found. */
export function timeOf(event: PixiehookEvent): number {
  const happened = Date.parse(event.data.detected.occurredAt ?? "");
  return Number.isNaN(happened) ? Date.parse(event.timestamp) : happened;
}

/** The first events of a digest. */
export function itemsOf(
  group: Group,
  events: readonly PixiehookEvent[],
  zone: string,
  linkTo: (event: PixiehookEvent) => string,
): Item[] {
  const times = events.map(timeOf).filter((at) => !Number.isNaN(at));
  const moment = moments(times, zone);
  return events.map((event) => {
    const one = groupOf([event]);
    const at = timeOf(event);
    const mixed = group.type === null;
    const name = mixed ? null : nameOf(one, event);
    return {
      name: name ?? cut(phraseOf(one), 120),
      detail: mixed ? null : detailOf(group, one, event, name, zone),
      when: moment === null || Number.isNaN(at) ? null : moment(at),
      link: linkTo(event),
    };
  });
}

const ofFiles = /^(favorite|download|photo_download|video_download|sharing_link|photo)\./;

function nameOf(one: Group, event: PixiehookEvent): string | null {
  const { object } = one;
  if (ofFiles.test(event.type)) {
    const id = clean(member(object, "media")?.id, 40);
    return one.named || id === null ? capital(one.media) : `${capital(one.media.replace(/^a /, ""))} ${id}`;
  }
  const own = clean(object.number, 40) ?? clean(object.name, 80) ?? serviceItem(event.type, one);
  return event.type.startsWith("payment.") ? (one.amount ?? own) : own;
}

/** What the title says of all is not said again of each. */
function detailOf(
  group: Group,
  one: Group,
  event: PixiehookEvent,
  name: string | null,
  zone: string,
): string | null {
  const { object } = one;
  const person = nameOfClient(event);
  const details = [
    group.clients.length > 1 && person !== name ? person : null,
    group.collections.length > 1 && one.collection !== name ? one.collection : null,
    one.amount === name ? clean(object.method, 40) : event.data.previous?.amount == null ? one.amount : null,
    event.type.startsWith("flood.") ? plural(one.files, "change") : null,
    quoted(object.note, zone),
    event.type.endsWith(".updated") && !event.type.startsWith("favorite.") ? changesOf(event, zone) : null,
    clean(object.reason, 160) ?? clean(object.error, 160),
  ];
  return details.filter((part) => part !== null).join(" · ") || null;
}
