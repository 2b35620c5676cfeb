// Tests in Chromium that pieces from the Python generator are stored in MongoDB, and that the page plays them.
import { afterAll, beforeAll, expect, test as plainTest } from "bun:test";
import { MongoClient } from "mongodb";
import type { Browser } from "playwright-core";
import { startPythonGenerator } from "../../../src/testing/generator-server/python-generator-process.ts";
import { onCi } from "../../../src/testing/runners/on-ci.ts";
import { missingForPython } from "../../../src/testing/runners/python-generator.ts";
import { freePort } from "../../../src/testing/servers/free-port.ts";
import { type MongoServer, startMongoServer } from "../../../src/testing/servers/mongodb-server.ts";
import { type RondoProcesses, startRondo } from "../../../src/testing/whole/processes/rondo-processes.ts";
import { until } from "../../../src/testing/until.ts";
import {
  ask,
  buildPage,
  hasChromium,
  heardPast,
  launchChromium,
  listen,
  openPage,
  SOUND,
} from "./stage/open-page.ts";
import { TEST_MS_MAX } from "./stage/stage.ts";

const missing = [...missingForPython(), ...(hasChromium ? [] : ["chromium"])];
if (missing.length > 0 && onCi)
  throw new Error(`on CI no test is skipped, but these programs are missing: ${missing.join(", ")}`);
if (missing.length > 0) console.warn(`skipped: ${missing.join(" and ")} not on this machine`);
const test = missing.length > 0 ? plainTest.skip : plainTest;

let mongo: MongoServer;
let python: Awaited<ReturnType<typeof startPythonGenerator>>;
let app: RondoProcesses;
let browser: Browser;

beforeAll(async () => {
  if (missing.length > 0) return;
  await buildPage();
  mongo = await startMongoServer();
  python = await startPythonGenerator({ MONGODB_URL: mongo.url });
  app = await startRondo({
    PORT: String(freePort()),
    RONDO_CHUNKS_URL: mongo.url,
    RONDO_GENERATOR_URL: python.url,
  });
  browser = await launchChromium();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await app?.[Symbol.asyncDispose]();
  await python?.[Symbol.asyncDispose]();
  await mongo?.[Symbol.asyncDispose]();
}, 20_000);

/**
 * Returns the number of chunks that the Python generator wrote itself, in the databases of all businesses.
 * Rondo's own chunks don't have the fields `rowId` and `userId`.
 */
async function chunksByPython(): Promise<number> {
  const res = await fetch(`${app.url}/v1/businesses`, {
    headers: { authorization: `Bearer ${app.operatorKey}` },
  });
  const { items } = (await res.json()) as { items: { id: string }[] };
  const client = await MongoClient.connect(mongo.url);
  try {
    const written = { rowId: { $exists: true }, userId: { $exists: true } };
    const counts = items.map(({ id }) =>
      client.db(`rondo_${id}`).collection("chunks").countDocuments(written),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  } finally {
    await client.close();
  }
}

test(
  "the page plays a piece that the Python generator has stored in MongoDB",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page, complaints } = opened;
    await ask(page, "calm piano by the window", "30 s");
    await heardPast(page, 1);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    await until("the generator's chunks are in MongoDB", async () => (await chunksByPython()) > 20);
    // The test hears the beginning and the end of the 30 s, and leaves out the middle to save time.
    await page.evaluate(() => {
      const audio = document.querySelector("audio")!;
      audio.currentTime = 27;
    });
    await page.waitForFunction(() => document.querySelector("audio")!.ended);
    const { end, duration } = await page.evaluate(() => {
      const audio = document.querySelector("audio")!;
      return { end: audio.currentTime, duration: audio.duration };
    });
    expect([end, duration]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(end).toBeWithin(29.7, 30.5);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "the page plays the beginning of a 10-minute piece from the Python generator",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page } = opened;
    await ask(page, "slow strings over a quiet sea", "10 min");
    await heardPast(page, 1);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    await heardPast(page, 4);
    expect(await listen(page)).toBeGreaterThan(SOUND);
  },
  TEST_MS_MAX,
);
