// Opens the console in Chromium and enters a key, for tests of the console's views.
import { expect } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

export interface OpenedConsole extends AsyncDisposable {
  readonly page: Page;
  /** The messages of the page's uncaught script errors, oldest first. */
  readonly complaints: readonly string[];
}

/** Does not wait for the end of the sign-in. Wait for the content of a view before you test it. */
export async function openConsole(
  browser: Browser,
  url: string,
  key: string,
  options: BrowserContextOptions = {},
): Promise<OpenedConsole> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (err) => complaints.push(err.message));
  await page.goto(`${url}/console`);
  await page.getByLabel("Key", { exact: true }).fill(key);
  await page.keyboard.press("Enter");
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/**
 * Types `name` into the open dialog, presses the dialog's button with the text `does`, and waits until the dialog is
 * closed. Fails if this button is enabled before the name is typed.
 */
export async function confirm(page: Page, name: string, does: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  const button = dialog.getByRole("button", { name: does, exact: true });
  expect(await button.isDisabled()).toBe(true);
  await dialog.getByRole("textbox").fill(name);
  await button.click();
  await dialog.waitFor({ state: "detached" });
}
