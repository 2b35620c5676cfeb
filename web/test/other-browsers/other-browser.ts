// Defines the interface through which tests control a browser other than Chromium. The implementations use the standard
// protocols of WebDriver.

export interface OtherBrowser extends AsyncDisposable {
  /** The name and version that the browser reports. */
  readonly name: string;
  open(url: string): Promise<void>;
  /** Evaluates an expression in the page; a promise is awaited. The value has to be serializable as JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** Presses keys as a person does, in the focused element. "\uE007" is Enter. */
  type(keys: string): Promise<void>;
  /**
   * Presses the middle of an element with the mouse, after it was scrolled into view. The expression gives the element.
   */
  click(expression: string): Promise<void>;
  /** The loudness of the current piece from 0 to 1, as this browser decodes it. */
  loudness(): Promise<number>;
  /** Begins again as a new person: an empty page, without cookies and without storage. */
  begin(): Promise<void>;
}

/** Waits until the expression is true in the page. Throws if it is still false after `limitMs`. */
export async function waitFor(browser: OtherBrowser, expression: string, limitMs = 40_000): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await browser.evaluate<boolean>(`Boolean(${expression})`).catch(() => false))) {
    if (performance.now() > giveUpAt)
      throw new Error(
        `Not met: ${expression}\n${await browser.evaluate<string>("document.body.innerText").catch(String)}`,
      );
    await Bun.sleep(50);
  }
}
