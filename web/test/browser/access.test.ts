// Tests the page in Chromium with the real app: accessibility, the keyboard, both colour themes, and use without a
// network.
import { afterAll, beforeAll, expect } from "bun:test";
import { barriers } from "./stage/barriers.ts";
import {
  ask,
  browserTest as test,
  desktop,
  hasChromium,
  heardPast,
  listen,
  openPage,
  phone,
  positionOf,
  SOUND,
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

test(
  "keyboard shortcuts play, seek, mute, focus the prompt field and open the help",
  async () => {
    await using opened = await openWithPieces(stage.browser, stage.app.url, [
      { prompt: "slow piano", seconds: 30 },
    ]);
    const { page, complaints } = opened;
    await page.getByRole("button", { name: /^Play/ }).click();
    await heardPast(page, 0.5);
    // The focus is removed from the button, because a focused button handles the Space key itself.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    const prompt = page.getByLabel("What should it sound like?");
    const audio = (property: "paused" | "muted") =>
      page.evaluate((name) => document.querySelector("audio")![name], property);
    await page.keyboard.press("k");
    expect(await audio("paused")).toBe(true);
    await page.keyboard.press("Space");
    expect(await audio("paused")).toBe(false);
    await page.keyboard.press("m");
    expect(await audio("muted")).toBe(true);
    await page.keyboard.press("m");
    const at = await positionOf(page);
    await page.keyboard.press("ArrowRight");
    await heardPast(page, at + 4.5);
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    expect(await prompt.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type("k m");
    expect(await prompt.inputValue()).toBe("k m");
    expect(await audio("muted")).toBe(false);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "after a first visit, the page plays a stored piece without a network",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page } = opened;
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await ask(page, "marimba at breakfast", "30 s");
    await heardPast(page, 0.5);
    // While playback is paused, the piece can't end, however long the next steps take.
    await page.locator(".bar").getByRole("button", { name: "Pause" }).click();
    await whole(page);
    const position = page.getByRole("slider", { name: "Position" });
    // These key presses seek past the middle of the piece, but not to its end. Past the middle, the
    // page stores the audio for use without a network.
    for (let i = 0; i < 4; i++) await position.press("ArrowRight");
    await page.waitForFunction(async () => (await (await caches.open("rondo-sound-1")).keys()).length === 1);
    await position.press("Home");
    const title = (await page.locator(".now-title").textContent())!;
    await page.waitForFunction((name) => localStorage.getItem("rondo.list")?.includes(name), title);
    await page.context().setOffline(true);
    await page.goto(stage.app.url);
    await page.getByLabel("What should it sound like?").waitFor();
    await page.locator(".track", { hasText: title }).waitFor();
    await page.locator(".bar").getByRole("button", { name: "Play", exact: true }).click();
    await heardPast(page, 0.3);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    await page.getByText("You’re offline.").waitFor();
    const storedAnswers = await page.evaluate(async () => {
      const [stored] = await (await caches.open("rondo-sound-1")).keys();
      const whole = await fetch(stored!.url);
      const part = await fetch(stored!.url, { headers: { range: "bytes=100-199" } });
      const bytes = (await whole.arrayBuffer()).byteLength;
      return [whole, part].map(({ status, headers }) => [
        status,
        headers.get("content-range")?.replace(String(bytes), "all"),
      ]);
    });
    expect(storedAnswers).toEqual([
      [200, undefined],
      [206, "bytes 100-199/all"],
    ]);
  },
  TEST_MS_MAX,
);

for (const [name, device] of Object.entries({ desktop, phone }))
  test(
    `on a ${name}, the main views have no accessibility problem in light or dark colours`,
    async () => {
      await using opened = await openPage(stage.browser, stage.app.url, device);
      const { page, complaints } = opened;
      const tooWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      const check = async (place: string) => {
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          expect([place, colorScheme, ...(await barriers(page))]).toEqual([place, colorScheme]);
        }
      };
      await check("empty page");
      await page.getByText("More wishes").click();
      await page.getByLabel("Tempo").waitFor();
      await check("more wishes");
      expect(await tooWide()).toBe(false);
      await page.getByText("More wishes").click();
      await ask(page, "slow marimba", "30 s");
      await heardPast(page, 0.5);
      await page.getByRole("button", { name: /^More for/ }).click();
      await page.getByText("Put in an album…").waitFor();
      const [button, menu] = await Promise.all(
        [".more-button", "[popover]"].map((part) => page.locator(`.track ${part}`).boundingBox()),
      );
      // The menu is directly below or directly above its button, and not at a corner of the page.
      expect(Math.abs(menu!.x + menu!.width - (button!.x + button!.width))).toBeLessThan(4);
      expect(
        Math.min(
          Math.abs(menu!.y - button!.y - button!.height),
          Math.abs(button!.y - menu!.y - menu!.height),
        ),
      ).toBeLessThan(4);
      await check("menu");
      await page.keyboard.press("Escape");
      await page.locator(".track .name").click();
      await page.getByLabel("What should be different?").waitFor();
      await check("piece");
      for (const address of ["/albums", "/trash", "/no/such/page"]) {
        await page.goto(stage.app.url + address);
        await page.locator(".library h2").waitFor();
        await check(address);
      }
      expect(await tooWide()).toBe(false);
      // The last address is unknown, so its 404 is expected.
      expect(complaints.filter((one) => !one.includes("404"))).toEqual([]);
    },
    2 * TEST_MS_MAX,
  );
