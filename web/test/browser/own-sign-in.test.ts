// Tests in Chromium that a person signs in to the page with the business's own site, and that a sign-in that this tab
// did not begin is refused.
import { afterAll, beforeAll, expect } from "bun:test";
import { browserTest, hasChromium } from "./stage/open-page.ts";
import { setStage, type Stage } from "./stage/stage.ts";

let stage: Stage;
let house: Awaited<ReturnType<typeof createHouse>>;

beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
  house = await createHouse(stage.app);
}, 60_000);
afterAll(async () => {
  await house?.stop();
  await stage?.[Symbol.asyncDispose]();
});

/** A business with a page at its own host, and its own site, which signs everybody in as Alice. */
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

async function open(address: string) {
  const context = await stage.browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(address);
  return { page, [Symbol.asyncDispose]: () => context.close() };
}

browserTest(
  "a guest signs in with the business's own site, keeps the music, sees the account, and signs out",
  async () => {
    await using visit = await open(house.page);
    const { page } = visit;
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
    expect(await page.locator(".track").count()).toBe(0);
    // On another device, the music of this user is there after the sign-in.
    await using other = await open(house.page);
    await other.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await other.page.getByRole("button", { name: "Sign in with Acme" }).click();
    await other.page.locator(".track").waitFor();
  },
  60_000,
);

browserTest(
  "a link that signs a person in as someone else is refused, because this tab did not begin the sign-in",
  async () => {
    const token = await house.tokenOf("mallory");
    await using visit = await open(`${house.page}sign-in?state=guessed#${token}`);
    await visit.page.getByText("This sign-in was not started in this tab.").waitFor();
    expect(visit.page.url()).not.toContain(token);
    const { account } = (await visit.page.evaluate(async () =>
      (await fetch("/v1/accounts/session")).json(),
    )) as { account: unknown };
    expect(account).toBeNull();
  },
  60_000,
);
