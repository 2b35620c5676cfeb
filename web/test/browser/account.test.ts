// Tests accounts in Chromium with the real app: a guest's pieces move to an account and appear in another
// browser, an account survives the loss of the browser's storage, and the dialog works by keyboard.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { barriers } from "./stage/barriers.ts";
import {
  ask,
  browserTest as test,
  desktop,
  hasChromium,
  heardPast,
  openPage,
  phone,
  whole,
} from "./stage/open-page.ts";
import { openWithPieces } from "./stage/open-with-pieces.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

const door = (page: Page, name: string) => page.locator(".tools").getByRole("button", { name });

async function fill(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel(/^Password/).fill(password);
  await page.getByLabel(/^Password/).press("Enter");
}

test(
  "if a member signs in with another browser, the pieces of both browsers are listed there",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    await page.getByText("Your pieces will be here.").waitFor();
    expect(await door(page, "Create an account").count()).toBe(0);
    expect(await page.getByRole("dialog").count()).toBe(0);
    await ask(page, "slow piano in the rain", "30 s");
    await heardPast(page, 0.5);
    await door(page, "Create an account").click();
    await page.getByRole("dialog").waitFor();
    expect(await page.getByLabel("E-mail").evaluate((element) => element === document.activeElement)).toBe(
      true,
    );
    await fill(page, "ada@example.com", "long enough");
    await page.getByText("Your account is ready.").waitFor();
    const at = await page.evaluate(() => document.querySelector("audio")!.currentTime);
    await heardPast(page, at + 0.3);
    await whole(page);
    await page.reload();
    await door(page, "Your account").waitFor();
    await page.locator(".track").waitFor();
    const [name = ""] = await page.locator(".name-text").allTextContents();

    const pieces = [{ prompt: "bright folk guitar" }];
    await using other = await openWithPieces(stage.browser, stage.app.url, pieces, phone);
    await door(other.page, "Create an account").click();
    await other.page.getByText("Sign in instead").click();
    await fill(other.page, "ADA@example.com", "not this one");
    await other.page.getByText("The e-mail or the password is wrong.").waitFor();
    await fill(other.page, "ADA@example.com", "long enough");
    await other.page.getByText("Welcome back.").waitFor();
    await other.page.waitForFunction(() => document.querySelectorAll(".track").length === 2);
    await other.page.locator(".name-text", { hasText: name }).waitFor();

    await door(other.page, "Your account").click();
    await other.page.getByRole("button", { name: "Sign out", exact: true }).click();
    await other.page.getByText("Your pieces will be here.").waitFor();
    expect(await other.page.locator(".track").count()).toBe(0);
    await door(other.page, "Sign in").waitFor();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "if the browser of a member has lost its storage, the member is still signed in",
  async () => {
    await using opened = await openWithPieces(stage.browser, stage.app.url, [{ prompt: "slow piano" }]);
    const { page, complaints } = opened;
    await door(page, "Create an account").click();
    await fill(page, "bea@example.com", "long enough");
    await page.getByText("Your account is ready.").waitFor();
    const whoIs = () =>
      page.evaluate(async () => {
        const { userId, kind } = await (await fetch("/v1/accounts/me")).json();
        return `${kind} ${userId}`;
      });
    const before = await whoIs();
    expect(before).toStartWith("member ");
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await door(page, "Your account").waitFor();
    await page.locator(".track").waitFor();
    await ask(page, "bright folk guitar", "30 s");
    await page.waitForFunction(() => document.querySelectorAll(".track").length === 2);
    expect(await whoIs()).toBe(before);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

for (const [name, device] of Object.entries({ desktop, phone }))
  test(
    `on a ${name}, the account dialog works by keyboard and has no accessibility problem`,
    async () => {
      const pieces = [{ prompt: "slow piano" }];
      await using opened = await openWithPieces(stage.browser, stage.app.url, pieces, device);
      const { page } = opened;
      await door(page, "Create an account").focus();
      await page.keyboard.press("Enter");
      await page.getByLabel("E-mail").waitFor();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect([colorScheme, ...(await barriers(page))]).toEqual([colorScheme]);
        if (Bun.env.RONDO_TEST_PICTURES)
          await page.screenshot({
            path: `${Bun.env.RONDO_TEST_PICTURES}/account-${name}-${colorScheme}.png`,
          });
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
      // In this field, the keys k and m write letters. Elsewhere they pause and mute.
      await page.keyboard.type("kim");
      expect(await page.getByLabel("E-mail").inputValue()).toBe("kim");
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      expect(
        await door(page, "Create an account").evaluate((element) => element === document.activeElement),
      ).toBe(true);
    },
    TEST_MS_MAX,
  );
