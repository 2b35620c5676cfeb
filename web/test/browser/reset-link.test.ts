// Tests in Chromium the links with which a member sets a new password. The operator creates these links on the command
// line or in the console, because no mail server is configured here.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { runRondoWith } from "../../../src/testing/run-rondo.ts";
import { freePort } from "../../../src/testing/servers/free-port.ts";
import { type RondoProcesses, startRondo } from "../../../src/testing/whole/processes/rondo-processes.ts";
import { openConsole } from "./stage/open-console.ts";
import { browserTest as test, buildPage, hasChromium, launchChromium, openPage } from "./stage/open-page.ts";
import { TEST_MS_MAX } from "./stage/stage.ts";

let app: RondoProcesses;
let browser: Browser;
let settings: Record<string, string>;
let tries = 0;

beforeAll(async () => {
  if (!hasChromium) return;
  await buildPage();
  const port = String(freePort());
  settings = { PORT: port, RONDO_PUBLIC_URL: `http://127.0.0.1:${port}` };
  [app, browser] = await Promise.all([startRondo(settings), launchChromium()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await app?.[Symbol.asyncDispose]();
}, 20_000);

const resetLink = (email: string, ...options: readonly string[]) =>
  runRondoWith({ ...settings, RONDO_DATA: app.dataDir }, "user", "reset-link", "demo", email, ...options);

/** Sends a POST with the body, or a GET without a body, from the page. Returns the status. */
const ask = (page: Page, path: string, body?: object): Promise<number> =>
  page.evaluate(
    async ([to, json]) => {
      const headers = { "content-type": "application/json" };
      const init = json ? { method: "POST", headers, body: JSON.stringify(json) } : {};
      return (await fetch(`/v1/accounts/${to}`, init)).status;
    },
    [path, body] as const,
  );

async function setPassword(page: Page, link: string, password: string): Promise<void> {
  // Without this step, the browser would not load the page again if the link differs from the current address only
  // after the #.
  await page.goto("about:blank");
  await page.goto(link);
  await page.getByLabel(/^New password/).fill(password);
  await page.getByRole("button", { name: "Set a new password" }).click();
}

test(
  "with a link from the operator, a member can set a new password once",
  async () => {
    // A failed test is tried again, so each try has its own member.
    const email = `ada-${++tries}@example.com`;
    const login = { business: "demo", email, password: "long enough" };
    await using member = await openPage(browser, app.url);
    expect(await ask(member.page, "sign-up", login)).toBe(201);
    expect(await ask(member.page, "me")).toBe(200);

    const unknown = await resetLink("nobody@example.com");
    expect([unknown.code, unknown.out]).toEqual([1, ""]);
    expect(unknown.err).toContain("no such");
    const [printed, json] = [await resetLink(email.toUpperCase()), await resetLink(login.email, "--json")];
    const [link = "", until = ""] = printed.out.trim().split("\tuntil ");
    const other = JSON.parse(json.out) as { url: string; expiresAt: string };
    expect(link).toStartWith(`${app.url}/reset-password#demo.`);
    expect(other.url).not.toBe(link);
    for (const at of [until, other.expiresAt])
      expect(Math.abs(Date.parse(at) - Date.now() - 30 * 60_000)).toBeLessThan(60_000);
    // As long as a link is not used, the session of the member stays valid.
    expect(await ask(member.page, "me")).toBe(200);

    await using opened = await openPage(browser, app.url);
    const { page } = opened;
    await setPassword(page, link, "short");
    await page.getByRole("button", { name: "Set a new password" }).waitFor();
    await setPassword(page, link, "a new password");
    await page.getByText("Sign in with it.").waitFor();
    expect(page.url()).not.toContain("#");
    expect(await ask(member.page, "me")).toBe(401);
    expect(await ask(member.page, "sign-in", login)).toBe(401);
    await page.getByLabel("E-mail").fill(login.email);
    await page.getByLabel(/^Password/).fill("a new password");
    await page.getByLabel(/^Password/).press("Enter");
    await page.getByText("Welcome back.").waitFor();

    for (const used of [link, other.url]) {
      await setPassword(page, used, "a third password");
      await page.getByText("This link was used already").waitFor();
    }
    expect(await ask(page, "me")).toBe(200);
    expect(await ask(member.page, "sign-in", { ...login, password: "a third password" })).toBe(401);

    await using desk = await openConsole(browser, app.url, app.operatorKey);
    await desk.page.getByRole("link", { name: "Businesses", exact: true }).click();
    await desk.page.getByRole("link", { name: "demo", exact: true }).click();
    await desk.page.getByRole("link", { name: "Users", exact: true }).click();
    await desk.page
      .getByRole("row", { name: new RegExp(email) })
      .getByRole("link")
      .first()
      .click();
    await desk.page.getByRole("button", { name: "Make a link for a new password" }).click();
    const made = (await desk.page.locator(".secret").textContent()) ?? "";
    await setPassword(page, made, "a fourth password");
    await page.getByText("Sign in with it.").waitFor();
    expect(await ask(page, "me")).toBe(401);
    expect(await ask(member.page, "sign-in", { ...login, password: "a fourth password" })).toBe(200);
  },
  2 * TEST_MS_MAX,
);
