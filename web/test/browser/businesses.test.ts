// Opens the pages of several businesses in Chromium. One server serves them all. A page is at the business's own host,
// or at the path /b/{slug} of the shared host. Also tests the sign-in with the website of a business.
import { afterAll, beforeAll, expect } from "bun:test";
import { giveLooks } from "./stage/give-looks.ts";
import { ask, browserTest, hasChromium, heardPast, listen, openPage, SOUND } from "./stage/open-page.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
let at: Record<"halde" | "nahr", string>;
let house: Awaited<ReturnType<typeof createHouse>>;

beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
  at = await giveLooks(stage.app, ["halde", "nahr"]);
  house = await createHouse(stage.app);
}, 60_000);
afterAll(async () => {
  await house?.stop();
  await stage?.[Symbol.asyncDispose]();
}, 20_000);

/** Opens the page of a business on a narrow screen, and waits for the form that makes a piece. */
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
  "the pages of two businesses on one server have different names, colours, fonts and languages",
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
    // The business does not offer French, so its page uses the first language that the business offers.
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
  TEST_MS_MAX,
);

browserTest(
  "a piece that is made at the host of a business belongs to this business",
  async () => {
    await using halde = await open(at.halde, "en-GB");
    await halde.page.locator(".lengths input").first().check();
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
  TEST_MS_MAX,
);

browserTest(
  "the page at /b/{slug} makes, plays and lists the pieces of only the business with this slug",
  async () => {
    const halde = `${new URL(stage.app.url).origin}/b/halde`;
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    const tracks = page.locator(".track");
    await ask(page, "marimba at breakfast", "30 s");
    await tracks.waitFor();
    await page.goto(`${halde}/`);
    expect(await page.locator("h1").textContent()).toContain("Halde");
    await page.evaluate(() => navigator.serviceWorker.ready);
    expect(await tracks.count()).toBe(0);
    await ask(page, "hard techno", "30 s");
    await heardPast(page, 1);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    const title = (await page.locator(".now-title").textContent())!;
    await page.locator(".now-title").click();
    await page.waitForURL(`${halde}/p/*`);
    await page.reload();
    await page.getByRole("link", { name: "Your pieces" }).click();
    await page.waitForURL(`${halde}/`);
    await tracks.waitFor();
    await page.goto(`${halde}/albums`);
    await page.getByRole("heading", { name: "Albums" }).waitFor();
    await page.goBack();
    expect(complaints).toEqual([]);
    await page.context().setOffline(true);
    await page.goto(`${halde}/`);
    await page.locator(".track", { hasText: title }).waitFor();
    await page.context().setOffline(false);
    await page.goto(stage.app.url);
    await tracks.waitFor();
    expect(await tracks.count()).toBe(1);
    expect(await tracks.textContent()).not.toContain(title);
  },
  TEST_MS_MAX,
);

/**
 * Creates a business whose Rondo page has its own host. Also starts a server for the business's website, which signs
 * everybody in as Alice.
 */
async function createHouse({ url, operatorKey }: Stage["app"]) {
  const host = `acme.localhost:${new URL(url).port}`;
  const send = async (method: string, path: string, body: unknown, key = operatorKey) => {
    const res = await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!res.ok) throw new Error(`${method} ${path}: ${await res.text()}`);
    return (await res.json()) as Record<string, string>;
  };
  await send("POST", "/businesses", { slug: "acme", name: "Acme" });
  const { key } = await send("POST", "/businesses/acme/keys", { name: "site", scopes: ["tokens"] });
  const tokenOf = async (userId: string) => (await send("POST", "/sign-in-tokens", { userId }, key)).token!;
  const site = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(req) {
      const target = new URL(new URL(req.url).searchParams.get("return") ?? "http://nowhere.invalid");
      if (target.host !== host) return new Response("This page does not belong to us.", { status: 400 });
      return Response.redirect(`${target.href}#${await tokenOf("alice")}`, 303);
    },
  });
  const theme = { name: "Acme", signIn: { url: `http://127.0.0.1:${site.port}/sign-in` } };
  await send("PUT", "/businesses/acme/app", { format: 1, theme });
  await send("PUT", "/businesses/acme/hosts", { hosts: [host] });
  return { page: `http://${host}/`, tokenOf, stop: () => site.stop(true) };
}

async function visitHouse(address = house.page) {
  const context = await stage.browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(address);
  return { page, [Symbol.asyncDispose]: () => context.close() };
}

browserTest(
  "a guest who signs in with the website of the business keeps the guest's pieces",
  async () => {
    await using visit = await visitHouse();
    const { page } = visit;
    await page.locator(".lengths input").first().check();
    await page.locator("#prompt").fill("slow piano");
    await page.keyboard.press("Enter");
    await page.locator(".track").waitFor();
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("button", { name: "Sign in with Acme" }).click();
    await page.getByText("Welcome back.").waitFor();
    expect(page.url()).toBe(house.page);
    await page.locator(".track").waitFor();
    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByText("You are signed in with Acme.").waitFor();
    expect(await page.getByText("Delete my account").count()).toBe(0);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    await page.locator(".track").waitFor({ state: "detached" });
    await using other = await visitHouse();
    await other.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await other.page.getByRole("button", { name: "Sign in with Acme" }).click();
    await other.page.locator(".track").waitFor();
  },
  TEST_MS_MAX,
);

browserTest(
  "a sign-in link is refused in a tab that did not begin the sign-in",
  async () => {
    const token = await house.tokenOf("mallory");
    await using visit = await visitHouse(`${house.page}sign-in?state=guessed#${token}`);
    await visit.page.getByText("This sign-in was not started in this tab.").waitFor();
    expect(visit.page.url()).not.toContain(token);
    const { account } = (await visit.page.evaluate(async () =>
      (await fetch("/v1/accounts/session")).json(),
    )) as { account: unknown };
    expect(account).toBeNull();
  },
  TEST_MS_MAX,
);
