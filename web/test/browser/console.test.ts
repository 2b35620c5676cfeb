// Tests the console in Chromium with the real app: its views with the operator's key on a desktop, and its views with a
// business's key on a phone.
import { afterAll, beforeAll, expect } from "bun:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { barriers } from "./stage/barriers.ts";
import { confirm, openConsole as openAt } from "./stage/open-console.ts";
import { browserTest as test, hasChromium, phone } from "./stage/open-page.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

const openConsole = (key: string, options: BrowserContextOptions = {}) =>
  openAt(stage.browser, stage.app.url, key, options);

async function send(key: string, method: string, path: string, body?: object) {
  const res = await fetch(`${stage.app.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await res.json()) as Record<string, string>;
}

/**
 * Opens a view by its link, waits until the page shows `text`, and expects that axe finds no
 * accessibility problem.
 */
async function look(page: Page, view: string, text: string | RegExp): Promise<void> {
  await page.getByRole("link", { name: view, exact: true }).click();
  await page.getByText(text).first().waitFor();
  expect([view, await barriers(page)]).toEqual([view, []]);
}

const bundle = {
  format: 1,
  tables: { notes: { name: "notes", owner: "userId", columns: { body: { type: "text" } } } },
};

test(
  "in the console, the operator can create, change and delete a business",
  async () => {
    await using opened = await openConsole(stage.app.operatorKey);
    const { page, complaints } = opened;
    await page.getByText("This process").waitFor();
    expect(await barriers(page)).toEqual([]);
    await look(page, "Queues", "upload-input");
    await look(page, "Generators", "it runs in the worker");
    await look(page, "Databases", "There is no record of a backup.");
    await page.getByRole("button", { name: "Migrate" }).click();
    await page.getByText("The run has ended: 0 migrated").waitFor();
    await look(page, "Commands", "bun rondo doctor");

    await look(page, "Businesses", "Short name, as in addresses");
    await page.getByLabel("Short name, as in addresses").fill("acme");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("Pieces finished").waitFor();
    expect(await barriers(page)).toEqual([]);

    const views = page.getByRole("navigation", { name: "Views of acme" });
    const open = (name: string) => views.getByRole("link", { name, exact: true }).click();
    await open("Keys");
    await page.getByLabel("What the key is for").fill("the shop");
    await page.getByLabel("usage").check();
    await page.getByRole("button", { name: "Make a key" }).click();
    await page.locator(".secret").waitFor();
    await page
      .getByRole("row", { name: /the shop/ })
      .getByRole("button", { name: "Revoke…" })
      .click();
    await confirm(page, "the shop", "Revoke the key");
    await page.getByText(/^revoked on/).waitFor();
    expect(await barriers(page)).toEqual([]);

    await open("Limits");
    await page.getByLabel("Changes", { exact: true }).fill("sixty");
    await page.getByRole("button", { name: "Change the limits" }).click();
    await page.getByText("“sixty” is not a limit.").waitFor();
    await page.getByLabel("Changes", { exact: true }).fill("6000/60s");
    await page.getByRole("button", { name: "Change the limits" }).click();
    await page.getByText("The limits are changed.").waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await barriers(page)).toEqual([]);

    await open("Tables and app");
    const file = (of: object) => ({
      name: "acme.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(of)),
    });
    await page.getByLabel("A bundle as a JSON file").setInputFiles(file(bundle));
    await page.getByText("SQL on SQLite").waitFor();
    await page.getByRole("button", { name: "Apply", exact: true }).click();
    await page.getByText("1 (in use)").waitFor();
    await page.getByLabel("A bundle as a JSON file").setInputFiles(file({ format: 1 }));
    await page.getByRole("button", { name: "Apply with the loss…" }).click();
    await confirm(page, "acme", "Apply and delete");
    await page.getByText("2 (in use)").waitFor();
    await page.getByRole("button", { name: "Return to this version" }).click();
    await page.getByRole("button", { name: "Apply", exact: true }).click();
    await page.getByText("3 (in use)").waitFor();
    expect(await barriers(page)).toEqual([]);

    await open("Database");
    await page.getByRole("button", { name: "Create a preview" }).click();
    await page.getByRole("cell", { name: "ready" }).waitFor();
    await page.getByRole("button", { name: "End", exact: true }).click();
    await page.getByText("The business has no previews.").waitFor();
    await page.getByLabel("New database").fill("sqlite:");
    await page.getByLabel("What").selectOption("move");
    await page.getByRole("button", { name: "Begin" }).click();
    await page.getByText("The database of this business is on sqlite already.").waitFor();
    expect(await barriers(page)).toEqual([]);

    await open("Generators");
    await page.getByText("The business uses the operator’s keys and addresses.").waitFor();
    await open("Webhooks");
    await page.getByText("The business has no endpoints.").waitFor();
    await open("Queries");
    await page.getByText("tracks.list", { exact: true }).click();
    await page.locator("pre", { hasText: 'from "tracks"' }).waitFor();

    await open("Overview");
    await page.getByLabel("The page of the business is at").fill("music.acme.example");
    await page.getByRole("button", { name: "Set the hosts" }).click();
    await page.getByText("The hosts are changed.").waitFor();
    await page.getByRole("button", { name: "Delete…" }).click();
    await confirm(page, "acme", "Delete the business");
    await page.getByText(/it is erased at/).waitFor();
    await page.getByRole("button", { name: "Undo the deletion" }).click();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Suspend…" }).waitFor();
    expect(complaints).toEqual([]);
  },
  2 * TEST_MS_MAX,
);

test(
  "the console works with the key of a business on a phone",
  async () => {
    const { key = "" } = await send(stage.app.operatorKey, "POST", "/v1/businesses/demo/keys", { name: "" });
    const { token = "" } = await send(key, "POST", "/v1/tokens", { userId: "bea" });
    const prompt = { prompt: "Rain on a tin roof", durationSeconds: 10 };
    const { requestId = "" } = await send(token, "POST", "/v1/generations", prompt);
    await send(token, "DELETE", `/v1/generations/${requestId}`);

    await using opened = await openConsole(key, phone);
    const { page, complaints } = opened;
    const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    await page.getByText("Pieces finished").waitFor();
    expect(await barriers(page)).toEqual([]);

    await look(page, "Generations", "Rain on a tin roof");
    await page.getByRole("link", { name: "Rain on a tin roof" }).click();
    await page
      .getByRole("cell", { name: /^queued|^cancelled/ })
      .or(page.getByText("Since the request"))
      .first()
      .waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await isWide()).toBe(false);
    await page.getByRole("button", { name: "Retry" }).click();
    await page.getByText("The generation was requested again").waitFor();
    await page.locator('.state[data-state="complete"]').waitFor();
    await page.getByRole("rowheader", { name: "complete" }).waitFor();

    await look(page, "Users", "bea");
    await page.getByRole("link", { name: "bea" }).click();
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export as JSON" }).click();
    expect((await saved).suggestedFilename()).toBe("user-bea.json");
    await page.getByRole("button", { name: "Erase…" }).click();
    expect(await barriers(page)).toEqual([]);
    await confirm(page, "bea", "Erase the user");
    await page.getByText("The user is erased").waitFor();
    expect(await barriers(page)).toEqual([]);

    await look(page, "Usage", "Seconds of music");
    await look(page, "Queries", "projects.list");
    await page.getByText("projects.list", { exact: true }).click();
    const form = page.locator("details[open] form");
    await form.getByLabel("As the user with this id").fill("cy");
    await form.getByRole("button", { name: "Run" }).click();
    await page.getByText("No rows.").waitFor();
    await page.getByText("SQL on SQLite").waitFor();
    expect(await barriers(page)).toEqual([]);

    await look(page, "Webhooks", "The business has no endpoints.");
    await page.getByLabel("Address").fill("http://127.0.0.1/");
    await page.getByRole("button", { name: "Add an endpoint" }).click();
    await page.locator(".refusal", { hasText: /public/ }).waitFor();
    await page.getByLabel("Address").fill("https://8.8.8.8/events");
    await page.getByRole("button", { name: "Add an endpoint" }).click();
    await page.locator(".secret").waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await isWide()).toBe(false);
    expect(complaints).toEqual([]);
  },
  2 * TEST_MS_MAX,
);

test(
  "the console explains why an unknown, revoked or restricted key does not work",
  async () => {
    await using wrong = await openConsole("not a key");
    await wrong.page.getByText("it is unknown, was revoked, or has expired").waitFor();

    const path = "/v1/businesses/demo/keys";
    const made = await send(stage.app.operatorKey, "POST", path, { name: "", scopes: ["usage"] });
    await using narrow = await openConsole(made.key!);
    await narrow.page.getByText('Use a key with the scope "users".').waitFor();
    await fetch(`${stage.app.url}${path}/${made.id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${stage.app.operatorKey}` },
    });
    await narrow.page.getByRole("link", { name: "Usage" }).click();
    await narrow.page.getByText("The key is not valid any more").waitFor();

    await using opened = await openConsole(stage.app.operatorKey);
    await opened.page.getByText("This process").waitFor();
    await opened.page.getByRole("button", { name: "Forget the key" }).click();
    await opened.page.reload();
    await opened.page.getByLabel("Key", { exact: true }).waitFor();
  },
  TEST_MS_MAX,
);
