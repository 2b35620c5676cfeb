// Tests endless pieces in Chromium with the real app: on a phone by touch alone, and on a desktop by keys alone.
import { afterAll, beforeAll, expect } from "bun:test";
import { barriers } from "./stage/barriers.ts";
import {
  browserTest as test,
  desktop,
  hasChromium,
  heardPast,
  listen,
  openPage,
  phone,
  SOUND,
  whole,
} from "./stage/open-page.ts";
import { byKeys, button, type Press, tap, typeInto } from "./stage/press.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

const devices = {
  "a phone by touch alone": [phone, tap],
  "a desktop by keys alone": [desktop, byKeys],
} as const;

for (const [name, [device, press]] of Object.entries(devices))
  test(
    `an endless piece plays without a planned end until it is stopped, and is kept, on ${name}`,
    async () => {
      await using opened = await openPage(stage.browser, stage.app.url, device);
      const { page, complaints } = opened;
      await chooseEndless(press);
      await typeInto(page.getByLabel("What should it sound like?"), "calm piano with rain", press);
      await press(button(page, "Compose"));
      await heardPast(page, 1);
      expect(await listen(page)).toBeGreaterThan(SOUND);
      await page.locator(".clock", { hasText: /^0:0\d \/ ∞$/ }).waitFor();
      await page.locator(".status", { hasText: "It goes on until you stop it." }).waitFor();
      await page.locator(".track .facts", { hasText: "Endless" }).waitFor();
      expect(await barriers(page)).toEqual([]);

      // A second endless piece is refused with the sentence of the limit, and the first piece plays on.
      await typeInto(page.getByLabel("What should it sound like?"), "endless harp", press);
      await press(button(page, "Compose"));
      await page.getByText("An endless piece of yours is already being made.").waitFor();
      await page.getByText("Stop it before you start another one.").waitFor();
      await press(button(page, "Dismiss"));
      expect(await page.locator(".track").count()).toBe(1);

      // After a reload, the piece is still endless, and plays on.
      await page.reload();
      await page.locator(".clock", { hasText: "/ ∞" }).waitFor();
      await press(button(page, "Stop making"));
      await whole(page);
      await page.locator(".clock", { hasText: /\/ \d+:\d\d$/ }).waitFor();
      expect(await page.getByText("Make it again").count()).toBe(0);
      const clock = await page.locator(".clock").textContent();
      const [, minutes, seconds] = /\/ (\d+):(\d+)$/.exec(clock!)!;
      const length = Number(minutes) * 60 + Number(seconds);
      expect(length).toBeGreaterThan(3);
      const play = page.locator(".bar").getByRole("button", { name: "Play", exact: true });
      if (await play.isVisible()) await press(play);
      await page.evaluate((at) => {
        document.querySelector("audio")!.currentTime = at;
      }, length - 1.5);
      await page.waitForFunction(() => document.querySelector("audio")!.ended);

      // The piece is kept, with the length of the part that was made.
      await page.reload();
      await page.locator(".track .facts", { hasText: `${minutes}:${seconds}` }).waitFor();
      await press(button(page.locator(".track"), /^Play/));
      await heardPast(page, 0.5);
      expect(await listen(page)).toBeGreaterThan(SOUND);
      // The refusal, and the answer to a request for sound after the end, are expected.
      expect(complaints.filter((one) => !/\b(429|416)\b/.test(one))).toEqual([]);

      async function chooseEndless(by: Press) {
        const choice = page.getByRole("radio", { name: "Endless" });
        if (by === tap) return choice.tap();
        await page.getByRole("radio", { name: "1 min" }).focus();
        while (!(await choice.isChecked())) await page.keyboard.press("ArrowRight");
      }
    },
    TEST_MS_MAX,
  );
