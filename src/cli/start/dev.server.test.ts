// Tests `bun dev` on a copy of the sources: Chromium shows the page while files change.
import { expect } from "bun:test";
import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ask, heardPast, launchChromium, openPage } from "../../../web/test/browser/stage/open-page.ts";
import { needsTool } from "../../testing/runners/needs-tool.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { until } from "../../testing/until.ts";

const root = join(import.meta.dirname, "../../..");
/** The maximum time until a changed style appears in the page. On an idle machine this takes less than 300 ms. */
const STYLE_MS_MAX = 15_000;
const WAIT_MS_MAX = 60_000;
const sources = ["src", "jobs", "web", "migrations", "query-specs", "docs", "package.json", "tsconfig.json"];

async function copySources(to: string): Promise<void> {
  for (const name of sources) await cp(join(root, name), join(to, name), { recursive: true });
  await symlink(join(root, "node_modules"), join(to, "node_modules"));
}

async function startDev(directory: string) {
  const child = Bun.spawn([process.execPath, "src/cli/start/dev.ts", "--port", "0"], {
    cwd: directory,
    env: {
      PATH: Bun.env.PATH,
      // With the port 0, the restarted API gets another port, and the page must still reach the
      // API.
      PORT: "0",
      RONDO_DATA: join(directory, "data"),
      RONDO_LOG: "info",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const read = async (from: ReadableStream<Uint8Array>) => {
    for await (const part of from) output += new TextDecoder().decode(part);
  };
  void read(child.stdout);
  void read(child.stderr);
  await until(
    "the page is served",
    () => output.includes("\nOpen http") || child.exitCode !== null,
    WAIT_MS_MAX,
  );
  const [, url] = /\nOpen (\S+)/.exec(output) ?? [];
  if (url === undefined) throw new Error(`It did not start:\n${output}`);
  return { child, url, output: () => output };
}

const change = async (file: string, by: (text: string) => string) =>
  writeFile(file, by(await readFile(file, "utf8")));

needsTool("chromium", "ffmpeg")(
  "while `bun dev` runs, changed files take effect without a reload of the page",
  async () => {
    await using directory = await createTemporaryDirectory();
    await copySources(directory.path);
    const dev = await startDev(directory.path);
    const browser = await launchChromium();
    try {
      await using opened = await openPage(browser, dev.url);
      const { page } = opened;
      const piecesOf = () => page.locator(".track").count();
      // The development server forwards the session's cookie, the event stream and the sound.
      await ask(page, "slow piano in the rain", "30 s");
      await heardPast(page, 0.5);
      await page.evaluate(() => Object.assign(window, { isSameDocument: true }));

      const changedAt = performance.now();
      await change(join(directory.path, "web/src/style.css"), (css) => `${css}\nbody { outline: 7px solid }`);
      await page.waitForFunction(() => getComputedStyle(document.body).outlineWidth === "7px", null, {
        polling: 5,
      });
      const styleMs = Math.round(performance.now() - changedAt);
      console.log(`a changed style was in the page after ${styleMs} ms`);
      expect(styleMs).toBeLessThan(STYLE_MS_MAX);

      const starts = () => dev.output().split('"msg":"serving"').length - 1;
      expect(starts()).toBe(1);
      await change(join(directory.path, "src/app.ts"), (code) => `${code}\n// changed\n`);
      await until("the API serves again", () => starts() === 2, WAIT_MS_MAX);
      await ask(page, "tango before midnight", "30 s");
      await until("a second piece is listed", async () => (await piecesOf()) === 2, WAIT_MS_MAX);
      expect(await page.evaluate(() => "isSameDocument" in window)).toBe(true);

      dev.child.kill("SIGINT");
      expect(await dev.child.exited).toBe(0);
      await expect(fetch(dev.url)).rejects.toThrow();
    } finally {
      dev.child.kill("SIGINT");
      await dev.child.exited;
      await browser.close();
    }
  },
  240_000,
);
