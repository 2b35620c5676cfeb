// Tests the console in Chromium with the real app: the operator's businesses, keys and queues, and the pages for a business's key.
import { afterAll, beforeAll, expect } from "bun:test";
import { barriers } from "./barriers.ts";
import { browserTest as test, hasChromium, phone } from "./open-page.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

async function openConsole(key: string, options = {}) {
  const context = await stage.browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (err) => complaints.push(err.message));
  await page.goto(`${stage.app.url}/console`);
  await page.getByLabel("Key", { exact: true }).fill(key);
  await page.getByRole("button", { name: "Enter" }).click();
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

test(
  "the operator creates a business and its key, suspends it, and sees the queues; the key gives access to the business's own pages",
  async () => {
    await using opened = await openConsole(stage.app.operatorKey);
    const { page, complaints } = opened;
    await page.getByText("This process").waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole("button", { name: "Businesses" }).click();
    await page.getByLabel("Short name, as in addresses").fill("acme");
    await page.getByRole("button", { name: "Create" }).click();
    const row = page.getByRole("row", { name: /^acme/ });
    await row.getByRole("button", { name: "Keys" }).click();
    await page.getByLabel("What the key is for").fill("the shop");
    await page.getByRole("button", { name: "Make a key" }).click();
    const key = await page.locator(".secret").textContent();
    await page.getByText("the shop").waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole("button", { name: "Queues" }).click();
    await page.getByRole("rowheader", { name: "generation" }).first().waitFor();
    expect(await barriers(page)).toEqual([]);

    await using business = await openConsole(key!, phone);
    await business.page.getByText("Pieces finished").waitFor();
    expect(await barriers(business.page)).toEqual([]);
    await business.page.getByRole("button", { name: "Queries" }).click();
    await business.page.getByText("projects.list", { exact: true }).click();
    const form = business.page.locator("details[open] form");
    await form.getByLabel("As the user with this id").fill("bea");
    await form.getByRole("button", { name: "Run" }).click();
    await form.getByText("Nothing yet.").waitFor();
    expect(await barriers(business.page)).toEqual([]);
    expect(await business.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);

    await page.getByRole("button", { name: "Businesses" }).click();
    await row.getByRole("button", { name: "Suspend" }).click();
    await row.getByRole("button", { name: "Resume" }).waitFor();
    expect([...complaints, ...business.complaints]).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "an unknown key is refused with a sentence, and a stored key is removed on request",
  async () => {
    await using wrong = await openConsole("not a key");
    await wrong.page.getByText("This key opens nothing here.").waitFor();
    await using opened = await openConsole(stage.app.operatorKey);
    await opened.page.getByText("This process").waitFor();
    await opened.page.getByRole("button", { name: "Forget the key" }).click();
    await opened.page.reload();
    await opened.page.getByLabel("Key", { exact: true }).waitFor();
  },
  TEST_MS_MAX,
);
