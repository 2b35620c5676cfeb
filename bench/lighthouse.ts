// bun bench/lighthouse.ts [page…]: runs Lighthouse, with its settings for phones, on every page or only on the named
// pages (such as "albums"). `npx` downloads Lighthouse, because its 113 packages are needed only here.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startRondo } from "../src/testing/whole/processes/rondo-processes.ts";
import { createTemporaryDirectory } from "../src/testing/temporary-directory.ts";
import { freePort } from "../src/testing/servers/free-port.ts";
import { ask, buildPage, heardPast, whole } from "../web/test/browser/stage/open-page.ts";

const LIGHTHOUSE = "lighthouse@13.5.0";
const wanted = process.argv.slice(2);
const categories = ["performance", "accessibility", "best-practices", "seo"] as const;

await buildPage();
await using rondo = await startRondo();
await using directory = await createTemporaryDirectory();
const port = freePort();
const launch = () =>
  chromium.launchPersistentContext(join(directory.path, "profile"), {
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", `--remote-debugging-port=${port}`],
  });
const context = await launch();
const page = await context.newPage();
await page.goto(rondo.url);
await ask(page, "slow piano in the rain", "30 s");
await heardPast(page, 0.3);
await whole(page);
await page.locator(".track .name").first().click();
await page.waitForURL("**/p/*");
const piece = new URL(page.url()).pathname;
await page.getByRole("button", { name: "Share", exact: true }).click();
await page.getByRole("button", { name: "Make a link" }).click();
const shared = new URL(await page.getByLabel("Everyone with this link can listen").inputValue()).pathname;
await context.close();

/**
 * Search engines should not show these pages: the shared page is only for the people to whom the listener gives the
 * link, and the console is only for operators.
 */
const unlisted = [shared, "/console"];

/**
 * Returns the cells of the page's row in the table: the scores from 0 to 100, and the total blocking time. If
 * Lighthouse fails, returns one cell that says so. Each page gets a new browser. If several pages used one browser,
 * Chromium would first process all code of the earlier pages in one long task, which would count as blocking. All
 * browsers use the same profile, so they share the session that made the piece.
 */
async function scoresOf(path: string, isUnlisted: boolean): Promise<string[]> {
  const report = join(directory.path, "report.json");
  await using _browser = await launch();
  const run = Bun.spawn(
    [
      "npx",
      "--yes",
      LIGHTHOUSE,
      rondo.url + path,
      `--port=${port}`,
      "--output=json",
      `--output-path=${report}`,
    ].concat(["--quiet", "--disable-storage-reset", `--only-categories=${categories.join(",")}`]),
    { stdout: "ignore", stderr: "inherit" },
  );
  if ((await run.exited) !== 0) return ["Lighthouse failed"];
  const { categories: found, audits } = (await Bun.file(report).json()) as Report;
  await rm(report);
  return categories
    .map((name) => {
      const score = Math.round((found[name]?.score ?? 0) * 100);
      const others = name === "seo" && isUnlisted ? scoreOfOthers(found[name]!, audits) : score;
      return others === score
        ? String(score)
        : `${score} (${others} without the audits about search engines)`;
    })
    .concat(`${Math.round(audits["total-blocking-time"]?.numericValue ?? 0)} ms`);
}

interface Category {
  readonly score: number | null;
  readonly auditRefs: readonly { readonly id: string; readonly weight: number }[];
}
interface Report {
  readonly categories: Record<string, Category>;
  readonly audits: Record<string, { readonly score: number | null; readonly numericValue?: number }>;
}

/**
 * The audits that check whether search engines are allowed to show the page. A shared page also fails `robots-txt`,
 * because its Content-Security-Policy forbids the script with which Lighthouse reads robots.txt.
 */
const ofListing = ["is-crawlable", "robots-txt"];

/** The score of a category without the audits in `ofListing`, from 0 to 100. An audit without a score doesn't count. */
function scoreOfOthers({ auditRefs }: Category, audits: Report["audits"]): number {
  const others = auditRefs.filter(({ id }) => !ofListing.includes(id) && audits[id]?.score != null);
  const sum = (of: (ref: Category["auditRefs"][number]) => number) =>
    others.reduce((total, ref) => total + of(ref), 0);
  return Math.round(
    (100 * sum(({ id, weight }) => weight * audits[id]!.score!)) / sum(({ weight }) => weight),
  );
}

console.log(
  `| Page | ${categories.join(" | ")} | total blocking time |\n|---|${categories.map(() => "---|").join("")}---|`,
);
const pages = [
  ["start, with a piece", "/"],
  ["piece", piece],
  ["albums", "/albums"],
  ["trash", "/trash"],
  ["shared page", shared],
  ["console", "/console"],
] as const;
for (const name of wanted)
  if (!pages.some(([known]) => known === name)) throw new Error(`There is no page "${name}" here.`);
for (const [name, path] of pages.filter(([name]) => !wanted.length || wanted.includes(name)))
  console.log(`| ${name} | ${(await scoresOf(path, unlisted.includes(path))).join(" | ")} |`);
