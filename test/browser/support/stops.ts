import type { Page } from "playwright-core";
import type { Found } from "./furnish.js";
import { press } from "./press.js";
import type { Failures } from "./recorder.js";

/** A page to look at. */
export interface Stop {
  readonly name: string;
  readonly path: string | ((found: Found) => string);
  readonly signedIn?: false;
  /** Signed in with a token that may only read. */
  readonly reads?: true;
  /** By path: statuses that belong to this page. */
  readonly failures?: Failures;
  /** What is done on it before it is looked at. */
  readonly act?: (page: Page) => Promise<unknown>;
}

/** Opens whatever can be opened on a page. */
export const openAll = (page: Page) =>
  page.locator("details:not([open]) > summary").evaluateAll((all) => {
    for (const summary of all) summary.parentElement?.setAttribute("open", "");
  });

/** A new page of the dashboard is a line here. */
export const stops: Stop[] = [
  { name: "home", path: "/" },
  { name: "events", path: "/events" },
  { name: "events that are filtered", path: ({ account }) => `/events?account=${account}&type=favorite.*` },
  { name: "no events", path: "/events?client=nobody@example.com" },
  { name: "one event", path: ({ event }) => `/events/${event}`, act: openAll },
  { name: "subscriptions", path: "/subscriptions" },
  { name: "a new subscription", path: "/subscriptions/new", act: openAll },
  {
    name: "a new subscription with mistakes",
    path: "/subscriptions/new",
    failures: { "/subscriptions": 422 },
    act: (page) => press(page, "Subscribe"),
  },
  { name: "a webhook", path: ({ subscription }) => `/subscriptions/${subscription}`, act: openAll },
  { name: "a webhook that fails", path: ({ failing }) => `/subscriptions/${failing}`, act: openAll },
  { name: "a Slack channel", path: ({ slack }) => `/subscriptions/${slack}` },
  { name: "an email subscription", path: ({ email }) => `/subscriptions/${email}` },
  {
    name: "a subscription to edit",
    path: ({ subscription }) => `/subscriptions/${subscription}/edit`,
    act: openAll,
  },
  { name: "the question before deleting", path: ({ email }) => `/subscriptions/${email}/delete` },
  {
    name: "the question before a new secret",
    path: ({ subscription }) => `/subscriptions/${subscription}/rotate`,
  },
  { name: "a test of a new subscription", path: ({ slack }) => `/subscriptions/${slack}/subscribed` },
  { name: "a delivery", path: ({ delivered }) => `/deliveries/${delivered}`, act: openAll },
  { name: "a delivery that failed", path: ({ failed }) => `/deliveries/${failed}`, act: openAll },
  { name: "an account", path: ({ account }) => `/accounts/${account}`, act: openAll },
  { name: "an account without a session", path: ({ newcomer }) => `/accounts/${newcomer}`, act: openAll },
  { name: "a browser to pair", path: ({ account }) => `/accounts/${account}/companion`, act: openAll },
  {
    name: "a pairing link",
    path: ({ newcomer }) => `/accounts/${newcomer}/companion`,
    act: (page) => press(page, "Make a pairing link"),
  },
  {
    name: "the question before a pairing ends",
    path: ({ account, companion }) => `/accounts/${account}/companions/${companion}/end`,
  },
  {
    name: "a pairing link that was opened",
    path: "/companion#7K2M-9QXD-4HTR",
    signedIn: false,
    act: async (page) => {
      await page.getByRole("button", { name: "Copy the link" }).waitFor();
      await openAll(page);
    },
  },
  { name: "accounts", path: "/accounts" },
  { name: "an account's settings", path: ({ account }) => `/accounts/${account}/edit`, act: openAll },
  { name: "the question before an account goes", path: ({ account }) => `/accounts/${account}/delete` },
  { name: "another account", path: "/accounts/new", act: openAll },
  {
    name: "another account with mistakes",
    path: "/accounts/new",
    failures: { "/accounts": 422 },
    act: (page) => press(page, "Connect"),
  },
  { name: "the system", path: "/system", act: openAll },
  { name: "tokens", path: "/tokens", act: openAll },
  { name: "the question before deleting a token", path: ({ reader }) => `/tokens/${reader.id}/delete` },
  { name: "home, to who may only read", path: "/", reads: true },
  { name: "an account, to who may only read", path: ({ account }) => `/accounts/${account}`, reads: true },
  {
    name: "a webhook, to who may only read",
    path: ({ failing }) => `/subscriptions/${failing}`,
    reads: true,
  },
  { name: "the way out of mails", path: ({ unsubscribe }) => unsubscribe, signedIn: false },
  { name: "nothing there", path: "/no-such-page", failures: { "/no-such-page": 404 } },
  { name: "signing in", path: "/sign-in", signedIn: false },
  {
    name: "signing in with a wrong token",
    path: "/sign-in",
    signedIn: false,
    failures: { "/sign-in": 401 },
    act: async (page) => {
      await page.getByLabel("API token").fill("not-the-token");
      await press(page, "Sign in");
    },
  },
];
