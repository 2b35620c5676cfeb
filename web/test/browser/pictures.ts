// Takes the pictures of docs/screenshots: `bun web/test/browser/pictures.ts`. It shows each page on a phone and on a desktop, in light and dark colours.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { ask, desktop, heardPast, openPage, phone, whole } from "./open-page.ts";
import { setStage } from "./stage.ts";

const folder = join(import.meta.dirname, "../../../docs/screenshots");
const prompts = [
  "Slow piano in the rain",
  "Bright folk guitar",
  "Jazz after midnight",
  "Deep house at sunrise",
];

await using stage = await setStage();
for (const [name, device, colorScheme] of [
  ["desktop-light", desktop, "light"],
  ["phone-dark", phone, "dark"],
] as const) {
  await using opened = await openPage(stage.browser, stage.app.url, { ...device, colorScheme });
  const { page } = opened;
  const picture = (what: string) => page.screenshot({ path: join(folder, `${what}-${name}.png`) });
  await picture("start");
  for (const [index, prompt] of prompts.entries()) {
    await ask(page, prompt, "30 s");
    await page.waitForFunction((count) => document.querySelectorAll(".track").length === count, index + 1);
    await whole(page);
  }
  await ask(page, "Strings, a door opens", "5 min");
  await page.locator(".now-title", { hasText: /./ }).waitFor();
  await page.waitForFunction(() => (document.querySelector("progress")?.value ?? 0) > 0.05);
  await heardPast(page, 1);
  await picture("playing");
  await page.getByRole("button", { name: "Stop making" }).click();
  await pieceWithVersions(page);
  await picture("piece");
  await albums(page);
  await picture("album");
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByLabel("Everyone with this link can listen").inputValue();
  await page.goto(link);
  await picture("shared");
}

async function pieceWithVersions(page: Page): Promise<void> {
  await page.locator(".track .name").nth(1).click();
  await page.getByLabel(/What should be different/).fill("faster, without drums");
  await page.keyboard.press("Enter");
  await page.locator(".version").nth(1).waitFor();
  await whole(page);
}

async function albums(page: Page): Promise<void> {
  await page.goto(stage.app.url);
  for (const index of [1, 2]) {
    await page
      .locator(".track")
      .nth(index)
      .getByRole("button", { name: /^More for/ })
      .click();
    await page.locator(".track").nth(index).getByText("Put in an album…").click();
    if (index === 1) {
      await page.getByLabel("Name of the new album").fill("Late evenings");
      await page.keyboard.press("Enter");
    } else await page.getByRole("dialog").getByRole("button", { name: "Late evenings" }).click();
    await page
      .getByText(/is in the album/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Dismiss" }).first().click();
  }
  await page.getByRole("link", { name: "Albums" }).first().click();
  await page.getByRole("link", { name: /^Late evenings/ }).click();
  await page.locator(".track").nth(1).waitFor();
}
