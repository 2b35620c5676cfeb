// Tests the main stories in Firefox and WebKitGTK with the real app: `bun run test:browsers`. They are no part of `bun run test`.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type RondoProcesses, startRondo } from "../../../src/testing/whole/processes/rondo-processes.ts";
import { buildPage } from "../browser/stage/open-page.ts";
import { startFirefox } from "./firefox.ts";
import { type OtherBrowser, waitFor } from "./other-browser.ts";
import { startWebKit } from "./webkit.ts";

const TEST_MS_MAX = 150_000;
const enter = "\uE007";
const browsers = {
  Firefox: { programs: ["firefox-esr"], start: startFirefox },
  WebKitGTK: { programs: ["WebKitWebDriver", "Xvfb"], start: startWebKit },
};

let app: RondoProcesses;
beforeAll(async () => {
  await buildPage();
  app = await startRondo();
}, 60_000);
afterAll(() => app?.[Symbol.asyncDispose](), 20_000);

const isHere = ({ programs }: { programs: readonly string[] }) => programs.every((name) => Bun.which(name));
const press = (browser: OtherBrowser, selector: string, words: string) =>
  browser.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].find((one) => one.innerText.trim() === ${JSON.stringify(words)}).click()`,
  );
const says = (words: string) => `document.body.innerText.includes(${JSON.stringify(words)})`;
const heard = "document.querySelector('audio')?.currentTime > 0.5";

for (const [name, kind] of Object.entries(browsers))
  test.skipIf(!isHere(kind))(
    `in ${name}, a prompt sounds while it is composed, outlives a reload, and belongs to an account with its device`,
    async () => {
      await using browser = await kind.start();
      await browser.open(app.url);
      await waitFor(browser, "document.querySelector('textarea')");
      await browser.evaluate("document.querySelector('textarea').focus()");
      await browser.type(`slow piano in the rain${enter}`);
      const askedAt = performance.now();
      await waitFor(browser, heard);
      console.log(
        `${browser.name}: half a second was heard ${Math.round(performance.now() - askedAt)} ms after Enter`,
      );
      await waitFor(browser, "document.querySelectorAll('.track').length === 1");
      await waitFor(browser, "!document.querySelector('[aria-label=\"Stop making\"]')");

      await browser.open(`${app.url}/`);
      await waitFor(browser, "document.querySelectorAll('.track').length === 1");
      await press(browser, ".tools button", "Create an account");
      await waitFor(browser, "document.querySelector('dialog [name=email]')");
      await browser.evaluate("document.querySelector('[name=email]').focus()");
      await browser.type(`${name.toLowerCase()}@example.com`);
      await browser.evaluate("document.querySelector('[name=password]').focus()");
      await browser.type(`long enough${enter}`);
      await waitFor(browser, says("Your account is ready."));
      await press(browser, ".tools button", "Your account");
      await waitFor(browser, says("This device"));
      expect(await browser.evaluate<boolean>("document.documentElement.scrollWidth <= innerWidth")).toBe(
        true,
      );
      expect(await browser.evaluate<string>("location.pathname")).toBe("/me");
      await browser.open(`${app.url}/me`);
      await waitFor(browser, says(`${name.toLowerCase()}@example.com`));
    },
    TEST_MS_MAX,
  );
