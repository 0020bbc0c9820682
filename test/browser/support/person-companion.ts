/// <reference types="chrome" />
import type { Page } from "playwright-core";
import type { Credentials } from "../../../src/simulator/simulator.js";
import type { CompanionBrowser } from "./extension.js";
import { press } from "./press.js";
import type { CompanionWorld } from "./world-companion.js";

/** Somebody at a browser with the companion in it. What is done here a person could do by hand. */
export interface Person {
  readonly browser: CompanionBrowser;
  /** Signs in to Pixieset by its form, as the studio's owner unless told. */
  signIn(who?: Credentials): Promise<void>;
  signOut(): Promise<void>;
  /** Presses the button of the challenge that Pixieset shows. */
  passChallenge(): Promise<void>;
  /** Makes a pairing link in the dashboard and pastes it into the companion. */
  pair(account: string): Promise<void>;
  /** Switches an account in the dashboard, so that the browser reads. */
  letBrowserRead(account: string): Promise<void>;
  /** A page of the dashboard, signed in to it. */
  dashboard(path: string): Promise<Page>;
  /** The sign on the companion's button. */
  badge(): Promise<string>;
  /** The text of the popup, opened anew. */
  popup(): Promise<string>;
  /** Lets so many minutes pass for the companion, which asks by itself once a minute; more seldom while nothing answers. */
  pass(minutes: number): Promise<void>;
  /** Closes the browser; answers with its profile, which stays. */
  quit(): Promise<string>;
  /** Closes the browser if it is open, and removes its profile. */
  leave(): Promise<void>;
}

export function personAt(browser: CompanionBrowser, { simulator, address, token }: CompanionWorld): Person {
  const { context } = browser;

  const visit = async <T>(url: string, act: (page: Page) => Promise<T>): Promise<T> => {
    const page = await context.newPage();
    try {
      await page.goto(url);
      return await act(page);
    } finally {
      await page.close();
    }
  };
  const dashboard: Person["dashboard"] = async (path) => {
    const page = await context.newPage();
    await page.goto(`${address}/`);
    const field = page.getByLabel("API token");
    if (await field.isVisible()) {
      await field.fill(token);
      await press(page, "Sign in");
    }
    await page.goto(address + path);
    return page;
  };
  return {
    browser,
    dashboard,
    signIn: (who = simulator.credentials) =>
      visit(simulator.loginUrl, async (page) => {
        await page.getByLabel("Email").fill(who.email);
        await page.getByLabel("Password").fill(who.password);
        await press(page, "Log in");
        await page.getByText(`Signed in as ${who.email}.`).waitFor();
      }),
    signOut: () =>
      visit(simulator.signInUrl, async (page) => {
        await press(page, "Log out");
        await page.getByRole("heading", { name: "Log in" }).waitFor();
      }),
    passChallenge: () =>
      visit(simulator.signInUrl, async (page) => {
        await press(page, "I am human");
        await page.getByText("Signed in as").waitFor();
      }),
    async pair(account) {
      const page = await dashboard(`/accounts/${account}/companion`);
      await press(page, "Make a pairing link");
      const link = await page.getByText(`${address}/companion#`).first().textContent();
      await browser.pair(link?.trim() ?? "");
      await page.close();
    },
    async letBrowserRead(account) {
      const page = await dashboard(`/accounts/${account}`);
      await page.getByLabel("The browser reads").check();
      await press(page, "Keep this choice");
      await page.getByText(/^The browser reads from now on/).waitFor();
      await page.close();
    },
    async badge() {
      const worker = await browser.worker();
      return worker.evaluate(() => chrome.action.getBadgeText({}));
    },
    popup: async () => {
      const page = await browser.openPage("popup.html");
      // biome-ignore lint/performance/useDomNodeTextContent: only what is shown
      const text = await page.locator("main").innerText();
      await page.close();
      return text;
    },
    async pass(minutes) {
      const worker = await browser.worker();
      await worker.evaluate(async (ms) => {
        const before = Date.now;
        Date.now = () => before() + ms;
        for (const { name, periodInMinutes } of await chrome.alarms.getAll()) {
          const often = periodInMinutes === undefined ? {} : { periodInMinutes };
          await chrome.alarms.create(name, { delayInMinutes: 0.001, ...often });
        }
      }, minutes * 60_000);
    },
    async quit() {
      await browser.quit();
      return browser.profile;
    },
    leave: () => browser.close(),
  };
}
