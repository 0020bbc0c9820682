import { alwaysWanted, collectionOf, commonClient, rareClient, rareType } from "./events.js";

/** A list of events, and what is asked of it. */
export interface Case {
  readonly label: string;
  /** Everything of the address behind `?` but `limit` and `after`. */
  readonly query: string;
  /** Whether each page begins where the one before ended; otherwise the first is asked for again and again. */
  readonly isFollowed?: boolean;
}

/** Every way in which people ask for events. */
export function eventCases(options: {
  readonly account: string;
  readonly small: string;
  readonly middle: number;
}) {
  const { account, small, middle } = options;
  const at = (ms: number) => encodeURIComponent(new Date(ms).toISOString());
  const hour = 3_600_000;
  const narrow = `since=${at(middle)}&until=${at(middle + hour)}`;
  const cases: readonly Case[] = [
    { label: "newest", query: "" },
    { label: "oldest", query: "order=asc" },
    { label: "deep in the middle, page by page", query: `until=${at(middle)}`, isFollowed: true },
    { label: "the same, oldest first", query: `order=asc&since=${at(middle)}`, isFollowed: true },
    { label: "by account", query: `account=${account}` },
    { label: "by account, page by page", query: `account=${account}&until=${at(middle)}`, isFollowed: true },
    { label: "common type", query: "type=favorite.added" },
    { label: "rare type (10 in all)", query: `type=${rareType}` },
    { label: "rare type, oldest first", query: `order=asc&type=${rareType}` },
    { label: "object.*", query: "type=invoice.*" },
    { label: "common collection", query: `collection=${collectionOf(0)}` },
    { label: "rare collection", query: `collection=${collectionOf(199)}` },
    { label: "common client", query: `client=${commonClient}` },
    { label: "rare client (10 in all)", query: `client=${rareClient}` },
    { label: "client of nothing", query: "client=nobody@example.com" },
    { label: "small account, rare type", query: `account=${small}&type=${rareType}` },
    {
      label: "account, collection, client, type",
      query: `account=${account}&collection=${collectionOf(7)}&client=client-3@example.com&type=favorite.added`,
    },
    { label: "an hour, long ago", query: narrow },
    { label: "the same hour, rare type", query: `${narrow}&type=${rareType}` },
    { label: "all but a day, rare type", query: `since=${at(middle - 400 * hour)}&type=${rareType}` },
    { label: "matched=false", query: "matched=false" },
    { label: "matched=false, always wanted", query: `matched=false&type=${alwaysWanted}` },
    { label: "matched=false of an account", query: `matched=false&account=${small}` },
  ];
  return cases;
}
