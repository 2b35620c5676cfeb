// Tests in Chromium that each business has its own look at its own host, in its own languages, and shows nothing of
// another business.
import { afterAll, beforeAll, expect } from "bun:test";
import { browserTest, hasChromium } from "./stage/open-page.ts";
import { setStage, type Stage } from "./stage/stage.ts";
import { giveLooks } from "./stage/give-looks.ts";

let stage: Stage;
let at: Record<"halde" | "nahr", string>;

beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
  at = await giveLooks(stage.app, ["halde", "nahr"]);
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

async function open(url: string, locale: string) {
  const context = await stage.browser.newContext({ locale, viewport: { width: 320, height: 700 } });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(url);
  await page.locator("#prompt").waitFor();
  await page.evaluate(() => document.fonts.ready);
  return { page, asked, complaints, [Symbol.asyncDispose]: () => context.close() };
}

browserTest(
  "two businesses on one server have their own names, colours, fonts, ideas and languages, and show nothing of each other",
  async () => {
    await using halde = await open(at.halde, "de-AT");
    await using nahr = await open(at.nahr, "fr-FR");
    const facts = (page: typeof halde.page) =>
      page.evaluate(() => ({
        title: document.title,
        lang: document.documentElement.lang,
        dir: document.documentElement.dir,
        paper: getComputedStyle(document.documentElement).backgroundColor,
        name: document.querySelector("h1")!.textContent.trim(),
        button: document.querySelector(".compose [type=submit]")!.textContent,
        fonts: [...document.fonts].filter(({ status }) => status === "loaded").map(({ family }) => family),
        width: document.documentElement.scrollWidth,
      }));
    await halde.page.emulateMedia({ colorScheme: "dark" });
    expect(await facts(halde.page)).toEqual({
      ...{ title: "Halde", lang: "de", dir: "ltr", paper: "rgb(11, 11, 12)", name: "Halde" },
      ...{ button: "Komponieren", width: 320, fonts: [expect.stringContaining("Space Grotesk")] },
    });
    await nahr.page.emulateMedia({ colorScheme: "dark" });
    // French is not offered: the first language of the business is used.
    expect(await facts(nahr.page)).toEqual({
      ...{ title: "نهر", lang: "ar", dir: "rtl", paper: "rgb(16, 42, 92)", name: "نهر" },
      ...{ button: "لحّن", width: 320, fonts: [expect.stringContaining("Reem Kufi")] },
    });
    expect(halde.asked.filter((url) => /nahr|brygada/.test(url))).toEqual([]);
    expect(nahr.asked.filter((url) => /halde|brygada/.test(url))).toEqual([]);
    expect(await halde.page.content()).not.toMatch(/نهر|Rondo/);
    expect(await nahr.page.content()).not.toMatch(/Halde|Rondo/);
    await nahr.page.getByRole("button", { name: "المزيد" }).click();
    await nahr.page.getByRole("button", { name: "English" }).click();
    await nahr.page.getByText("What should it sound like?").waitFor();
    await nahr.page.reload();
    await nahr.page.getByText("What should it sound like?").waitFor();
    expect(await nahr.page.evaluate(() => document.documentElement.dir)).toBe("ltr");
    expect([...halde.complaints, ...nahr.complaints]).toEqual([]);
  },
  60_000,
);

browserTest(
  "a piece that is made at the host of a business belongs to this business",
  async () => {
    await using halde = await open(at.halde, "en-GB");
    await halde.page.locator("#prompt").fill("Hard techno");
    await halde.page.keyboard.press("Enter");
    await halde.page.locator(".track").waitFor();
    const { account } = (await halde.page.evaluate(async () =>
      (await fetch("/v1/accounts/session")).json(),
    )) as {
      account: { business: string };
    };
    expect(account.business).toBe("halde");
    await using nahr = await open(at.nahr, "en-GB");
    expect(await nahr.page.locator(".track").count()).toBe(0);
  },
  60_000,
);
