// Lists the states of the page (views, dialogs, menus and messages), each with a function that opens the state. Some of
// these functions replace responses of the server, set the browser offline or hold the mouse button. The caller has to
// undo these changes.
import type { Page } from "playwright-core";
import { ar } from "../../../src/i18n/ar.ts";
import { heardPast } from "../stage/open-page.ts";

export interface StateSetting {
  readonly page: Page;
  readonly url: string;
  /** The paths of the piece with two versions, of the full and the empty album, and of the shared page. */
  readonly addresses: {
    readonly piece: string;
    readonly album: string;
    readonly empty: string;
    readonly shared: string;
  };
  /** The address of the page of a business whose own site signs people in. */
  readonly house: string;
  /** The keys that open the console. */
  readonly keys: { readonly operator: string; readonly business: string };
  /** Translates an English text to the page's language. Throws if there is no translation. */
  say(english: string): string;
}

type Open = (setting: StateSetting) => Promise<void>;

export const inEnglish = (english: string): string => english;
export const inArabic = (english: string): string => {
  const words = ar[english];
  if (typeof words !== "string") throw new Error(`“${english}” has no Arabic text.`);
  return words;
};

const pieces: Open = async ({ page, url }) => {
  await page.goto(url);
  await page.locator(".track").first().waitFor();
};
const at =
  (address: (of: StateSetting) => string, selector: string): Open =>
  async (setting) => {
    await setting.page.goto(new URL(address(setting), setting.url).href);
    await setting.page.locator(selector).first().waitFor();
  };
const press = ({ page, say }: StateSetting, text: string, within = "body") =>
  page.locator(within).getByText(say(text), { exact: true }).first().click();
const after =
  (first: Open, then: Open): Open =>
  async (setting) => {
    await first(setting);
    await then(setting);
  };
const openMenu = async ({ page }: StateSetting, selector: string) => {
  await page.locator(`${selector} .more-button`).first().click();
  await page.locator(`${selector} [popover]:popover-open`).first().waitFor();
};
const dialog = ({ page }: StateSetting) => page.getByRole("dialog").waitFor();
const offline: Open = async ({ page }) => {
  await page.context().setOffline(true);
  await page.locator(".notice").first().waitFor();
};

const playing = after(pieces, async ({ page }) => {
  await page.locator(".track .play").first().click();
  await heardPast(page, 0.2);
});
const piece = at(({ addresses }) => addresses.piece, ".version");
const album = at(({ addresses }) => addresses.album, ".track");
const account = at(() => "/me", ".me h3");
const trash = at(() => "/trash", ".trash li");
const rowMenu = after(pieces, (setting) => openMenu(setting, ".track"));

/** The states that a member with music sees. */
export const memberStates: Readonly<Record<string, Open>> = {
  "the list of pieces": pieces,
  "more wishes": after(pieces, (setting) => press(setting, "More wishes")),
  "a prompt that is too long": after(pieces, async ({ page }) => {
    await page.locator("#prompt").fill("a".repeat(3000));
    await page.locator("#prompt").press("Enter");
    await page.locator(".refusal").getByText(/\S/).waitFor();
  }),
  "the player": playing,
  "the menu of the player": after(playing, (setting) => openMenu(setting, ".bar")),
  "the menu of a row": rowMenu,
  "a new name for a row": after(rowMenu, async (setting) => {
    await press(setting, "Rename", ".track [popover]");
    await setting.page.locator(".rename").waitFor();
  }),
  "selected rows": after(pieces, async (setting) => {
    await press(setting, "Select");
    await press(setting, "Select all");
  }),
  "a search without results": after(pieces, async ({ page }) => {
    await page.locator(".search").fill("zzz");
    await page.locator(".empty").waitFor();
  }),
  "the dialog for an album": after(rowMenu, async (setting) => {
    await press(setting, "Put in an album…", ".track [popover]");
    await setting.page.locator("dialog .albums li").first().waitFor();
  }),
  "the keyboard shortcuts": after(pieces, async (setting) => {
    await setting.page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await setting.page.keyboard.press("?");
    await dialog(setting);
  }),
  "the menu of the page": after(pieces, (setting) => openMenu(setting, ".top")),
  "an undo": after(rowMenu, async (setting) => {
    const { page } = setting;
    await page.route("**/v1/tracks/*", (route) => route.fulfill({ json: {} }));
    await press(setting, "Delete", ".track [popover]");
    await page.locator(".notice").waitFor();
  }),
  "a refusal": after(pieces, async ({ page }) => {
    const json = { code: "UNAVAILABLE", detail: "Rondo is busy.", hint: "Try again." };
    await page.route("**/v1/generations", (route) => route.fulfill({ status: 503, json }));
    await page.locator("#prompt").fill("rain");
    await page.locator("#prompt").press("Enter");
    await page.locator(".notice").waitFor();
  }),
  "no network": after(playing, offline),
  "the albums to drop a piece on": after(pieces, async ({ page }) => {
    // On a touch screen, rows can't be dragged.
    if ((await page.locator(".track[draggable=true]").count()) === 0) return;
    const box = (await page.locator(".track .name-text").first().boundingBox())!;
    await page.mouse.move(box.x + 20, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 40, box.y - 10, { steps: 4 });
    await page.locator(".album-tray li").nth(1).waitFor();
  }),
  "a piece that didn't finish": async ({ page, url, say }) => {
    await page.route("**/v1/queries/tracks.list*", async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as { items: { versions: { state: string }[] }[] };
      for (const version of json.items[0]!.versions) version.state = "failed";
      await route.fulfill({ response, json });
    });
    await page.route(/\/v1\/generations\/[^/]+$/, async (route) => {
      const response = await route.fetch();
      const reason = "The generator stopped answering.";
      await route.fulfill({ response, json: { ...(await response.json()), state: "failed", reason } });
    });
    await page.goto(url);
    await page.locator(".track .facts", { hasText: say("didn’t finish") }).waitFor();
    await page.locator(".track .play").first().click();
    await page.locator(".now").getByText(say("Try again"), { exact: true }).waitFor();
  },
  "a list that can't be loaded": async ({ page, url }) => {
    await page.route("**/v1/queries/tracks.list*", (route) => route.fulfill({ status: 503, json: {} }));
    await page.goto(url);
    await page.locator(".library .empty .link").waitFor();
  },
  "a piece with two versions": piece,
  "the menu of a version": after(piece, (setting) => openMenu(setting, ".version")),
  "a new title for a piece": after(piece, async (setting) => {
    await press(setting, "Rename", ".piece-page header");
    await setting.page.locator(".rename").waitFor();
  }),
  "the dialog to share a piece": after(piece, async (setting) => {
    await press(setting, "Share", ".piece-page header");
    await setting.page.locator("dialog input[readonly]").waitFor();
  }),
  "a piece that can't be loaded": after(pieces, async ({ page, url }) => {
    await page.route("**/v1/queries/tracks.get*", (route) => route.fulfill({ status: 503, json: {} }));
    await page.goto(new URL("/p/0198c0de-0000-7000-8000-000000000000", url).href);
    await page.locator(".library .empty .link").waitFor();
  }),
  "a piece that isn't there": at(() => "/p/0198c0de-0000-7000-8000-000000000000", ".library h2"),
  albums: at(() => "/albums", ".albums li"),
  "an album": album,
  "a new name for an album": after(album, async (setting) => {
    await press(setting, "Rename", ".piece-acts");
    await setting.page.locator(".rename").waitFor();
  }),
  "the dialog to share an album": after(album, async (setting) => {
    await press(setting, "Share", ".piece-acts");
    await setting.page.locator("dialog .solid").waitFor();
  }),
  "an empty album": at(({ addresses }) => addresses.empty, ".empty"),
  "the trash": trash,
  "a deletion for good": after(trash, async (setting) => {
    await press(setting, "Delete for good", ".trash li");
    await setting.page.locator(".trash li .danger").first().waitFor();
  }),
  "the account": account,
  "the forms of the account": after(account, async ({ page }) => {
    for (const summary of await page.locator(".me summary").all()) await summary.click();
  }),
  "an address without a page": at(() => "/no/such/page", ".library h2"),
  "a shared piece": at(({ addresses }) => addresses.shared, "h1"),
  "an embedded piece": at(({ addresses }) => addresses.shared.replace("/s/", "/embed/"), "audio, button"),
};

const firstVisit: Open = async ({ page, url }) => {
  await page.goto(url);
  await page.locator(".welcome").waitFor();
};
const door = after(firstVisit, async (setting) => {
  await press(setting, "Sign in", ".tools");
  await dialog(setting);
});

/** The states that a person without a session sees. */
export const visitorStates: Readonly<Record<string, Open>> = {
  "the first visit": firstVisit,
  "the dialog to sign in": door,
  "the dialog to sign up": after(door, (setting) => press(setting, "Create an account instead", "dialog")),
  "a forgotten password": after(door, (setting) => press(setting, "Forgot your password?", "dialog")),
  "a new password": at(() => "/reset-password#none", ".me form"),
  "an e-mail that is confirmed": at(() => "/verify-email#none", ".me h2"),
  "the account without a session": at(() => "/me", ".library p"),
  "the trash, empty": at(() => "/trash", ".empty"),
  "no albums": at(() => "/albums", ".empty"),
  "a member who was signed out": async ({ page, url }) => {
    await page.goto(url);
    await page.evaluate(() => localStorage.setItem("rondo.member", "true"));
    await page.reload();
    await page.locator(".welcome .solid").waitFor();
  },
  "the sign-in of a business": async ({ page, house, say }) => {
    await page.goto(house);
    await page.locator(".tools").getByText(say("Sign in"), { exact: true }).click();
    await page.locator("dialog .solid").waitFor();
  },
  "two takes": after(firstVisit, async (setting) => {
    const { page } = setting;
    await press(setting, "More wishes");
    await page.getByLabel(setting.say("Two takes to compare")).check();
    await page.locator("#prompt").fill("calm piano");
    await page.locator("#prompt").press("Enter");
    await page.locator(".takes").waitFor();
  }),
  "a place in the queue": after(firstVisit, async ({ page }) => {
    await page.route("**/v1/generations/*/events*", (route) => route.abort());
    await page.route(/\/v1\/generations\/[^/]+$/, async (route) => {
      const response = await route.fetch();
      const queue = { place: 3, seconds: 20 };
      await route.fulfill({ response, json: { ...(await response.json()), state: "queued", queue } });
    });
    await page.locator("#prompt").fill("calm piano");
    await page.locator("#prompt").press("Enter");
    await page.locator(".status", { hasText: "20" }).waitFor();
  }),
  "a stopped piece": after(firstVisit, async ({ page, say }) => {
    await page.locator(".lengths label").nth(4).click();
    await page.locator("#prompt").fill("calm piano");
    await page.locator("#prompt").press("Enter");
    await heardPast(page, 0.3);
    await page.locator(".bar").getByLabel(say("Stop making")).click();
    await page.locator(".now").getByText(say("Make it again"), { exact: true }).waitFor();
  }),
  "an endless piece in the making": after(firstVisit, async ({ page, say }) => {
    await page.getByRole("radio", { name: say("Endless") }).check();
    await page.locator("#prompt").fill("calm piano");
    await page.locator("#prompt").press("Enter");
    await heardPast(page, 0.3);
  }),
};
