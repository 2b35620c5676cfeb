// Tests the account's views in Chromium with the real app and a mail server for tests: mailed links, passwords,
// devices, limits, data. The last tests replace the app's answer about the limits.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { freePort } from "../../../src/testing/servers/free-port.ts";
import { type MailServer, startMailServer } from "../../../src/testing/servers/mail-server.ts";
import { until } from "../../../src/testing/until.ts";
import { type RondoProcesses, startRondo } from "../../../src/testing/whole/processes/rondo-processes.ts";
import { barriers } from "./stage/barriers.ts";
import {
  browserTest as test,
  buildPage,
  desktop,
  hasChromium,
  launchChromium,
  openPage,
  phone,
} from "./stage/open-page.ts";
import { TEST_MS_MAX } from "./stage/stage.ts";

let mail: MailServer;
let app: RondoProcesses;
let browser: Awaited<ReturnType<typeof launchChromium>>;

beforeAll(async () => {
  if (!hasChromium) return;
  await buildPage();
  mail = await startMailServer();
  const port = freePort();
  const environment = {
    ...{ PORT: String(port), RONDO_PUBLIC_URL: `http://127.0.0.1:${port}` },
    RONDO_MAIL_URL: `smtp://127.0.0.1:${mail.port}`,
  };
  [app, browser] = await Promise.all([startRondo(environment), launchChromium()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await app?.[Symbol.asyncDispose]();
  await mail?.[Symbol.asyncDispose]();
}, 20_000);

/** Waits until `count` mails have arrived, and returns the first link in the text of mail number `count`. */
async function linkOf(count: number): Promise<string> {
  await until(`${count} mails`, () => mail.mails.length >= count);
  return /http:\/\/127[^\s"<]+/.exec(mail.mails[count - 1]!.text)![0];
}

const picture = async (page: Page, name: string) => {
  if (Bun.env.RONDO_TEST_PICTURES)
    await page.screenshot({ path: `${Bun.env.RONDO_TEST_PICTURES}/${name}.png`, fullPage: true });
};

const door = (page: Page) => page.locator(".tools").getByRole("button", { name: "Your account" });

test(
  "on the page, a member can manage, delete and restore the account",
  async () => {
    await using opened = await openPage(browser, app.url, phone);
    const { page, complaints } = opened;
    await page.locator(".tools").getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Create an account instead").click();
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel(/^Password/).fill("long enough");
    await page.getByLabel(/^Password/).press("Enter");
    await door(page).click();
    await page.getByText("not confirmed yet").waitFor();
    await page.getByText(/^Chrome, /).waitFor();
    await page.goto(await linkOf(1));
    await page.getByText("Your e-mail is confirmed.").waitFor();
    expect(page.url()).not.toContain("#");
    await page.reload();
    await page.getByText("This link was used already").waitFor();
    await page.getByText("Go to your account").click();
    await page.getByRole("heading", { name: "Devices" }).waitFor();
    expect(await page.getByText("not confirmed yet").count()).toBe(0);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByText("Download my data").click(),
    ]);
    expect(await Bun.file(await download.path()).json()).toMatchObject({ email: "ada@example.com" });
    const [archive] = await Promise.all([
      page.waitForEvent("download"),
      page.getByText("Download my music and data").click(),
    ]);
    expect(archive.suggestedFilename()).toBe("My data.zip");
    const zip = Buffer.from(await Bun.file(await archive.path()).bytes());
    expect(zip.subarray(0, 4).toString("latin1")).toBe("PK\x03\x04");
    expect(zip.includes("ada@example.com")).toBe(true);

    await using other = await openPage(browser, app.url, desktop);
    const forgot = other.page;
    await forgot.locator(".tools").getByRole("button", { name: "Sign in" }).click();
    await forgot.getByText("Forgot your password?").click();
    await forgot.getByLabel("E-mail").fill("ada@example.com");
    await forgot.getByRole("button", { name: "Send the link" }).click();
    await forgot.getByText("a mail with a link is on its way").waitFor();
    await forgot.goto(await linkOf(2));
    await forgot.getByLabel(/^New password/).fill("a new password");
    await picture(forgot, "reset-password");
    await forgot.getByRole("button", { name: "Set a new password" }).click();
    await forgot.getByText("Sign in with it.").waitFor();
    await forgot.getByLabel("E-mail").fill("ada@example.com");
    await forgot.getByLabel(/^Password/).fill("a new password");
    await forgot.getByLabel(/^Password/).press("Enter");
    await forgot.getByText("Welcome back.").waitFor();
    // The reset has signed out the first device. Before a reload, the page on that device still has the button
    // "Sign out". After the reload, the page says that nobody is signed in.
    await page.getByRole("button", { name: "Sign out", exact: true }).waitFor();
    await page.reload();
    await page
      .getByText(/signed out|not signed in/)
      .first()
      .waitFor();

    await door(forgot).click();
    await forgot.getByText("Change my password").first().click();
    await forgot.getByLabel("Your password now").fill("not this one");
    await forgot.getByLabel(/^New password/).fill("a third password");
    await forgot.getByRole("button", { name: "Change my password" }).click();
    await forgot.getByText("This is not the password of this account.").waitFor();
    await forgot.getByLabel("Your password now").fill("a new password");
    await forgot.getByRole("button", { name: "Change my password" }).click();
    await forgot.getByText("Your password is changed, and other devices are signed out.").waitFor();
    await forgot.getByText("Delete my account", { exact: true }).click();
    await forgot.getByLabel("Your password", { exact: true }).last().fill("a third password");
    await forgot.getByRole("button", { name: "Close and delete my account" }).click();
    await forgot.getByText(/^Your account is closed\. Until .+ you can sign in and restore it/).waitFor();
    await forgot.getByText("You are not signed in.").waitFor();
    await picture(forgot, "account-closed");

    // The link in the mail opens the page where the account can be restored.
    await forgot.goto(await linkOf(mail.mails.length));
    expect(mail.mails.at(-1)!.text).toContain("Sign in and restore my account");
    const signIn = async () => {
      await forgot.getByRole("button", { name: "Sign in" }).last().click();
      await forgot.getByLabel("E-mail").fill("ada@example.com");
      await forgot.getByLabel(/^Password/).fill("a third password");
      await forgot.getByLabel(/^Password/).press("Enter");
    };
    await signIn();
    await forgot.getByText(/^This account is being deleted\. It is erased on /).waitFor();
    expect(await barriers(forgot)).toEqual([]);
    await picture(forgot, "restore-account");
    await forgot.getByRole("button", { name: "Restore my account" }).click();
    await forgot.getByText("Your account is restored.").waitFor();
    await forgot.goto(`${app.url}/me`);
    await forgot.getByText("ada@example.com").waitFor();
    expect(complaints.filter((one) => !/\b(401|409|410)\b/.test(one))).toEqual([]);
  },
  2 * TEST_MS_MAX,
);

for (const [name, device] of Object.entries({ desktop, phone }))
  test(
    `on a ${name}, the account's page has no accessibility problem in light or dark colours`,
    async () => {
      await using opened = await openPage(browser, app.url, device);
      const { page } = opened;
      await page.evaluate(async (email) => {
        const body = JSON.stringify({ business: "demo", email, password: "long enough" });
        const headers = { "content-type": "application/json" };
        await fetch("/v1/accounts/sign-up", { method: "POST", headers, body });
        await fetch("/v1/accounts/me/email", {
          ...{ method: "POST", headers },
          body: JSON.stringify({ email: `new-${email}`, password: "long enough" }),
        });
      }, `${name}@example.com`);
      const quotas = [
        { metric: "generations", per: "day", limit: 10, used: 3, resetsAt: "2026-12-01T00:00:00.000Z" },
        { metric: "seconds", per: "month", limit: 7200, used: 7000, resetsAt: "2026-12-01T00:00:00.000Z" },
      ];
      await page.route("**/v1/limits", (route) => route.fulfill({ json: { quotas } }));
      await page.goto(`${app.url}/me`);
      await page.getByText("3 of 10 pieces today").waitFor();
      await page.getByText("117 of 120 minutes this month").waitFor();
      await page.getByText("This device").waitFor();
      await page.getByText("Change my e-mail").first().click();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect([colorScheme, ...(await barriers(page))]).toEqual([colorScheme]);
        await picture(page, `me-${name}-${colorScheme}`);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    },
    TEST_MS_MAX,
  );
