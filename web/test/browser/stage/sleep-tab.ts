// Puts a tab to sleep: stops the tab's process for a time, so that the timers, scripts and
// connections of the tab pause.
import type { Browser, Page } from "playwright-core";

/** Runs `act` while the tab sleeps. `act` must not wait for an answer of the tab. */
export async function whileAsleep(browser: Browser, page: Page, act: () => Promise<void>): Promise<void> {
  const pid = await processOf(browser, page);
  process.kill(pid, "SIGSTOP");
  try {
    await act();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

/**
 * Returns the id of the tab's process. To find this process, the tab computes for a moment: the process whose
 * processor time grows the most is the process of the tab.
 */
async function processOf(browser: Browser, page: Page): Promise<number> {
  const cdp = await browser.newBrowserCDPSession();
  const timesOf = async () => {
    const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
    return new Map(processInfo.filter(({ type }) => type === "renderer").map((one) => [one.id, one.cpuTime]));
  };
  const before = await timesOf();
  await page.evaluate(() => {
    let sum = 0;
    for (let i = 0; i < 5e8; i++) sum += i;
    return sum;
  });
  const grown = [...(await timesOf())].map(([id, time]) => [id, time - (before.get(id) ?? time)] as const);
  await cdp.detach();
  return grown.reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}
