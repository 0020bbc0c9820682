import { fingerprint } from "../../src/domain/fingerprint.js";
import type { Sighting } from "../../src/domain/identity.js";
import { hashOf } from "../../src/domain/ids.js";
import type { JsonObject } from "../../src/domain/json.js";
import type { SourceRecord } from "../../src/domain/record.js";
import type { Reading } from "../../src/domain/upstream.js";

/** A reading that knows nothing from before but, perhaps, how the list is paged. */
export function firstLook(paging: JsonObject | null = null): Reading {
  return { paging, identity: null, aside: [], fresh: true, toTheEnd: false, head: null, whose: null };
}

/** A record as a scan would see it, by its own id. */
export function sightingOf(record: SourceRecord): Sighting {
  const { key } = record;
  const natural = `~${hashOf([key])}`;
  return { key, id: key, natural, print: fingerprint(record), aside: "", record };
}
