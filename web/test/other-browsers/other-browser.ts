// Defines the interface through which tests control a browser other than Chromium. The implementations use the standard
// protocols of WebDriver.

export interface OtherBrowser extends AsyncDisposable {
  /** The name and version that the browser reports. */
  readonly name: string;
  open(url: string): Promise<void>;
  /**
   * Evaluates an expression in the page. If the value of the expression is a promise, waits for this promise. The
   * result has to be serializable as JSON.
   */
  evaluate<T>(expression: string): Promise<T>;
  /** Presses keys as a person does, in the focused element. "\uE007" is Enter. */
  type(keys: string): Promise<void>;
  /**
   * Scrolls an element into view and clicks its middle with the mouse. The value of the expression
   * is the element.
   */
  click(expression: string): Promise<void>;
  /**
   * Returns the loudness of the current piece in this browser, from 0 to 1. Use the number only to distinguish sound
   * from silence.
   */
  loudness(): Promise<number>;
  /** Opens an empty page without cookies and storage, as for a new person. */
  begin(): Promise<void>;
}

/**
 * Waits until the expression is truthy in the page. An error of the expression counts as
 * false. If the value is not truthy within `limitMs`, throws.
 */
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
