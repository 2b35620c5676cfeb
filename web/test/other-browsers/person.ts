// Uses the page as a person does, in a browser that is not Chromium: finds controls by their names, and uses the mouse
// and keys.
import { type OtherBrowser, waitFor } from "./other-browser.ts";

export const ENTER = "\uE007";
export const RIGHT = "\uE014";

const quoted = (text: string) => JSON.stringify(text);

/** The name of a control or of a field, or a pattern for the name. */
type Name = string | RegExp;
const matches = (name: Name, found: string) =>
  typeof name === "string" ? `${found} === ${quoted(name)}` : `${name}.test(${found})`;

/**
 * Returns a JavaScript expression for the first visible and enabled control with this name. `within` is a CSS selector:
 * the control must be inside an element that this selector matches.
 */
const controlOf = (name: Name, within: string) => `(() => {
  const nameOf = (one) => (one.ariaLabel ?? one.innerText).trim().replaceAll(/\\s+/g, " ");
  const all = document.querySelectorAll(${quoted(`:is(${within}) :is(button, a, label, summary)`)});
  return [...all].find((one) => one.checkVisibility() && !one.disabled && ${matches(name, "nameOf(one)")});
})()`;

const fieldOf = (name: Name) => `(() => {
  const nameOf = (one) => one.ariaLabel ?? [...one.labels].map((label) => label.innerText).join(" ");
  const all = document.querySelectorAll("input, textarea");
  return [...all].find((one) => one.checkVisibility() && ${matches(name, "nameOf(one).trim()")});
})()`;

export function createPerson(browser: OtherBrowser) {
  /** Waits until the expression is true in the page. If the expression is still false after 40 s, throws. */
  const when = (expression: string) => waitFor(browser, expression);
  const person = {
    when,
    /** Waits until the page shows a text. */
    sees: (text: string) => when(`document.body.innerText.includes(${quoted(text)})`),
    pieces: (count: number) => when(`document.querySelectorAll(".track").length === ${count}`),
    /** Waits for a button, link or choice, and presses it. */
    async press(name: Name, within = "body"): Promise<void> {
      const control = controlOf(name, within);
      await when(control);
      await browser.click(control);
    },
    /** Replaces the text of a field, and presses Enter. */
    async writes(label: Name, text: string): Promise<void> {
      await person.fills(label, text);
      await browser.type(ENTER);
    },
    async fills(label: Name, text: string): Promise<void> {
      const field = fieldOf(label);
      await when(field);
      await browser.click(field);
      await browser.evaluate(`${field}.select()`);
      await browser.type(text);
    },
    hearsPast: (seconds: number) => when(`document.querySelector("audio")?.currentTime > ${seconds}`),
    position: () => browser.evaluate<number>('document.querySelector("audio").currentTime'),
    /**
     * Returns the start, in seconds, of the played range that is nearest to the end of the piece.
     * After a jump forwards past everything that was played, this is the position after the jump.
     */
    playedFrom: () =>
      browser.evaluate<number>(
        '(({ played }) => played.start(played.length - 1))(document.querySelector("audio"))',
      ),
    source: () => browser.evaluate<string>('document.querySelector("audio").src'),
    /** Waits until the current piece is complete. A complete piece has no button "Stop making". */
    whole: () => when("!document.querySelector('[aria-label=\"Stop making\"]')"),
    async makes(prompt: string, length = "30 s"): Promise<void> {
      await person.press(length, ".lengths");
      await person.writes("What should it sound like?", prompt);
    },
    /** Whether the page is wider than the window, so that the page scrolls horizontally. */
    isWide: () => browser.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth"),
  };
  return person;
}
