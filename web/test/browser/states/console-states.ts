// Lists the states of the console: every view of the operator, including the views of one business, and every view
// that a business sees after it has signed in with its own key.
import type { StateSetting } from "./states.ts";

type Open = (setting: StateSetting) => Promise<void>;

/**
 * Returns a function that opens a view, signs in with a key, and waits until `selector` exists and the page no longer
 * shows “Loading…”.
 */
const view =
  (keyOf: (setting: StateSetting) => string, path: string, selector = ".console-main > *"): Open =>
  async (setting) => {
    const { page, url, say } = setting;
    await page.goto(new URL(`/console#/${path}`, url).href);
    await page.locator("input[name=key]").fill(keyOf(setting));
    await page.locator("input[name=key]").press("Enter");
    await page.locator(selector).first().waitFor();
    await page.waitForFunction(
      (words) => !document.querySelector("main")!.textContent.includes(words),
      say("Loading…"),
    );
  };
const operator = (path: string, selector?: string) => view(({ keys }) => keys.operator, path, selector);
const business = (path: string, selector?: string) => view(({ keys }) => keys.business, path, selector);
const pressing =
  (open: Open, selector: string, then: string): Open =>
  async (setting) => {
    await open(setting);
    await setting.page.locator(selector).first().click();
    await setting.page.locator(then).first().waitFor();
  };

const ofOneBusiness = [
  ...["generations", "users", "usage", "keys", "limits", "generators", "queries"],
  ...["app", "database", "webhooks"],
];

export const operatorStates: Readonly<Record<string, Open>> = {
  "the form for a key": async ({ page, url }) => {
    await page.goto(new URL("/console", url).href);
    await page.locator("input[name=key]").waitFor();
  },
  ...Object.fromEntries(
    ["today", "businesses", "queues", "generators", "fleet", "commands"].map((name) => [
      `the operator's view “${name}”`,
      operator(name),
    ]),
  ),
  "one business": operator("businesses/demo", ".fatal"),
  ...Object.fromEntries(
    ofOneBusiness.map((name) => [`“${name}” of one business`, operator(`businesses/demo/${name}`)]),
  ),
  "the deletion of a business": pressing(operator("businesses/demo", ".fatal"), ".fatal", "dialog[open]"),
  "the revocation of a key": pressing(
    operator("businesses/demo/keys", ".link.danger"),
    ".link.danger",
    "dialog[open]",
  ),
  "a named query": pressing(operator("businesses/demo/queries", "summary"), "summary", "details[open] pre"),
};

export const businessStates: Readonly<Record<string, Open>> = {
  ...Object.fromEntries(
    ["today", "generations", "users", "usage", "queries", "webhooks"].map((name) => [
      `the business's view “${name}”`,
      business(name),
    ]),
  ),
  "one generation": pressing(business("generations", "table a"), "table a", ".state[data-state]"),
  "the erasure of a user": pressing(
    pressing(business("users", "table a"), "table a", ".fatal"),
    ".fatal",
    "dialog[open]",
  ),
};
