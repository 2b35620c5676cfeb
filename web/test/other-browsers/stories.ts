// Defines tests of the page's main user stories. They run with the real app, in Firefox and WebKitGTK.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { needsTool } from "../../../src/testing/runners/needs-tool.ts";
import { type RondoProcesses, startRondo } from "../../../src/testing/whole/processes/rondo-processes.ts";
import { buildPage } from "../browser/stage/open-page.ts";
import type { OtherBrowser } from "./other-browser.ts";
import { createPerson, ENTER, RIGHT } from "./person.ts";

const STORY_MS_MAX = 180_000;
/** A loudness above this threshold counts as sound. Full scale is 1. */
const SOUND = 0.01;

export interface BrowserKind {
  readonly name: string;
  readonly programs: readonly string[];
  /** Whether the browser can seek in a piece that is still being made. */
  readonly seeksEarly: boolean;
  start(): Promise<OtherBrowser>;
}

export function tellStories({ name, programs, seeksEarly, start }: BrowserKind): void {
  const story = needsTool(...programs);
  const isHere = story === test;
  let app: RondoProcesses;
  let browser: OtherBrowser;
  let person: ReturnType<typeof createPerson>;

  beforeAll(async () => {
    if (!isHere) return;
    await buildPage();
    [app, browser] = await Promise.all([startRondo(), start()]);
    person = createPerson(browser);
    console.log(browser.name);
  }, 120_000);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await app?.[Symbol.asyncDispose]();
  }, 20_000);

  const arrives = async (path = "/") => {
    await browser.open(app.url + path);
    await person.when("document.querySelector('#prompt')");
  };
  const begins = async () => {
    await browser.begin();
    await arrives();
  };
  const isPaused = () => browser.evaluate<boolean>("document.querySelector('audio').paused");

  describe(name, () => {
    story(
      "a piece plays while it is composed, can be paused and stopped, allows a seek, and continues at its position after a reload",
      async () => {
        await arrives();
        const askedAt = performance.now();
        await person.makes("slow piano in the rain", "10 min");
        await person.hearsPast(0.5);
        console.log(`half a second was heard ${Math.round(performance.now() - askedAt)} ms after the prompt`);
        await person.when("document.querySelector('[aria-label=\"Stop making\"]')");
        expect(await browser.loudness()).toBeGreaterThan(SOUND);

        await person.press("Pause", ".bar");
        const paused = await person.position();
        expect(await isPaused()).toBe(true);
        await person.press("Play", ".bar");
        await person.hearsPast(paused + 0.3);
        const before = await person.position();
        await browser.evaluate("document.querySelector('.waveform').focus()");
        await browser.type(RIGHT);
        // If the browser can't seek in an unfinished piece, the piece continues at its present position.
        await person.hearsPast(before + (seeksEarly ? 5 : 0.5));

        const at = seeksEarly ? await person.position() : 0;
        await arrives();
        await person.when("document.querySelector('.bar .title').innerText.trim()");
        await person.when("document.querySelector('audio').readyState > 1");
        // A browser can refuse to play before the first gesture. In this case, the piece waits at
        // its position.
        if (await isPaused()) await person.press("Play", ".bar");
        await person.hearsPast(at + 0.5);
        expect(await person.position()).toBeLessThan(at + 20);
        expect(await browser.loudness()).toBeGreaterThan(SOUND);
        await person.press("Stop making", ".bar");
        await person.sees("Make it again");
        await person.pieces(1);
      },
      STORY_MS_MAX,
    );

    story(
      "the next piece plays, a piece is liked and found, and two versions are compared at the same position",
      async () => {
        await begins();
        for (const [index, prompt] of ["harp and rain", "brass at noon"].entries()) {
          await person.makes(prompt);
          await person.pieces(index + 1);
          await person.hearsPast(0.2);
          await person.whole();
        }
        const isPlaying = (title: string) =>
          person.when(`document.querySelector(".bar .title").innerText.trim() === ${JSON.stringify(title)}`);
        const titles = await browser.evaluate<string[]>(
          "[...document.querySelectorAll('.name-text')].map((one) => one.innerText)",
        );
        await person.press("Next", ".bar");
        await isPlaying(titles[1]!);
        await person.hearsPast(0.2);
        await person.press("Previous", ".bar");
        await isPlaying(titles[0]!);
        await browser.evaluate("document.querySelector('.waveform').focus()");
        await browser.type(RIGHT);
        await person.hearsPast(5);
        expect(await person.playedFrom()).toBeGreaterThan(4.9);
        expect(await person.position()).toBeLessThan(15);

        await person.press(`Like ${titles[1]}`);
        await person.press("Liked only");
        await person.pieces(1);
        await person.press("Liked only");
        await person.pieces(2);
        await person.fills("Search your pieces", titles[0]!);
        await person.pieces(1);

        await browser.click("document.querySelector('.track .name')");
        await person.writes("What should be different?", "faster");
        await person.when("document.querySelectorAll('.version').length === 2");
        await person.whole();
        await person.hearsPast(2);
        const [second, at] = [await person.source(), await person.position()];
        await person.press(/^A version 1$/);
        await person.when(`document.querySelector("audio").src !== ${JSON.stringify(second)}`);
        await person.hearsPast(at);
        expect(await person.position()).toBeLessThan(at + 5);
        expect(await browser.loudness()).toBeGreaterThan(SOUND);
        expect(await person.isWide()).toBe(false);
      },
      STORY_MS_MAX,
    );

    story(
      "an album is made, filled and played, and its deletion is undone; a deleted piece comes back from the trash",
      async () => {
        await begins();
        await person.makes("marimba at breakfast");
        await person.pieces(1);
        await person.whole();
        await person.press(/^More for/, ".track");
        await person.press("Put in an album…", ".track");
        await person.writes("Name of the new album", "Sundays");
        await person.sees("is in the album “Sundays”");
        await person.press("Albums", ".library");
        await person.press(/^Sundays/, ".albums");
        await person.press("Play all");
        await person.hearsPast(0.5);
        await person.press("Delete", ".piece-acts");
        await person.sees("The album “Sundays” is in the trash.");
        // The last notice is about the deletion. The notice before it also has a button "Undo", which moves the piece
        // out of the album.
        await person.press("Undo", ".notice:last-child");
        await person.press(/^Sundays/, ".albums");
        await person.pieces(1);

        await person.press(/^More for/, ".track");
        await person.press("Delete", ".track");
        await person.sees("is in the trash.");
        await person.press("More", ".top");
        await person.press("Trash", ".top");
        await person.press(/^Restore/);
        await person.sees("The trash is empty.");
        await arrives();
        await person.pieces(1);
      },
      STORY_MS_MAX,
    );

    story(
      "a shared piece plays for somebody without a session, until its link is ended",
      async () => {
        await begins();
        await person.makes("cello far from the sea");
        await person.pieces(1);
        await person.whole();
        await browser.click("document.querySelector('.track .name')");
        await person.press("Share");
        await person.press("Make a link");
        await person.when("document.querySelector('dialog input[readonly]')");
        const piece = await browser.evaluate<string>("location.href");
        const link = await browser.evaluate<string>("document.querySelector('dialog input[readonly]').value");
        // At another host name, the browser has neither the session nor the storage of this host.
        const elsewhere = link.replace("127.0.0.1", "localhost");
        expect(elsewhere).not.toBe(link);
        await browser.open(new URL("/robots.txt", elsewhere).href);
        expect(await browser.evaluate<number>("fetch('/v1/accounts/me').then((res) => res.status)")).toBe(
          401,
        );
        await browser.open(elsewhere);
        await person.when("document.querySelector('h1')");
        // Before the first click on a page, a browser can refuse to play.
        await browser.click("document.querySelector('h1')");
        await browser.evaluate("document.querySelector('audio').play()");
        await person.hearsPast(0.5);

        await browser.open(piece);
        await person.press("Share");
        await person.press("End the link");
        await person.sees("This is private.");
        await browser.open(elsewhere);
        await person.sees("There is no music here.");
      },
      STORY_MS_MAX,
    );

    story(
      "a guest signs up, signs out and in again, and keeps the pieces; in Arabic the page goes from right to left",
      async () => {
        await begins();
        const email = `${name.toLowerCase()}@example.com`;
        await person.makes("slow piano in the rain");
        await person.pieces(1);
        await person.press("Create an account", ".tools");
        await person.fills("E-mail", email);
        await person.writes(/^Password/, "long enough");
        await person.sees("Your account is ready.");
        await person.press("Your account", ".tools");
        await person.sees("This device");
        await person.sees(email);
        expect(await person.isWide()).toBe(false);
        await person.press("Sign out");
        await person.sees("Your pieces will be here.");
        await person.pieces(0);

        await person.press("Sign in", ".tools");
        await person.fills("E-mail", email);
        await person.writes("Password", "long enough");
        await person.sees("Welcome back.");
        await person.pieces(1);

        await person.press("More", ".top");
        await person.press("العربية", ".top");
        await person.sees("مقطوعاتك");
        const { dir, left, right } = await browser.evaluate<{ dir: string; left: number; right: number }>(
          `(() => {
            const box = (selector) => document.querySelector(selector).getBoundingClientRect().left;
            return { dir: getComputedStyle(document.body).direction, left: box(".tools"), right: box(".top h1") };
          })()`,
        );
        expect([dir, left < right]).toEqual(["rtl", true]);
        expect(await person.isWide()).toBe(false);
        await browser.click("document.querySelector('#prompt')");
        await browser.type(`tango${ENTER}`);
        await person.pieces(2);
        await person.hearsPast(0.3);
        await arrives();
        await person.pieces(2);
        expect(await browser.evaluate<string>("document.documentElement.dir")).toBe("rtl");
      },
      STORY_MS_MAX,
    );
  });
}
