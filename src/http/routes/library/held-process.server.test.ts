// Tests that concurrent long work doesn't block other requests, that the work is aborted when no
// caller waits for it, and that a caller can't request too many files at the same time.
import { expect, setDefaultTimeout } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { worstHealthBeside } from "../../../testing/whole/load/health-beside.ts";
import { needsTool } from "../../../testing/runners/needs-tool.ts";
import { createServedStudio } from "../../../testing/served-studio.ts";
import { makeMp3 } from "../../../testing/sound/test-sound.ts";
import { threadMs } from "../../../testing/measure/thread-time.ts";
import { until } from "../../../testing/until.ts";

setDefaultTimeout(60_000);

const test = needsTool("ffmpeg");
const mp3 = Bun.which("ffmpeg") === null ? new Uint8Array() : await makeMp3({ seconds: 90 });
/** A request to /health must be answered before the server's thread has used this processor time, in milliseconds. */
const othersWaitMsMax = 500;

const wavOf = ({ versionId }: { versionId: string }) => `/v1/versions/${versionId}/download?format=wav`;
/**
 * Returns the names of the rendered files. A file that is rendered twice has two names. Each process renders into its
 * own folder. In this test, only one process renders, so there is only one folder.
 */
async function renderedIn({ config }: { config: { dataDir: string } }): Promise<readonly string[]> {
  const root = join(config.dataDir, "rendered");
  const [ofProcess = ""] = await readdir(root);
  return readdir(join(root, ofProcess));
}

test("while many callers request WAV files, other requests are not delayed", async () => {
  await using served = await createServedStudio();
  const pieces = [await served.make(mp3), await served.make(mp3)];
  const asked = pieces.flatMap((piece) =>
    Array.from({ length: 10 }, () => served.ask("GET", wavOf(piece), { range: "bytes=-1" })),
  );
  const worst = await worstHealthBeside(served.url, Promise.all(asked), threadMs);
  for (const answer of await Promise.all(asked)) {
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-length")).toBe("1");
  }
  expect(await renderedIn(served.studio.stores)).toHaveLength(2);
  expect(worst).toBeLessThan(othersWaitMsMax);
});

test("the making of a file is aborted when no caller waits for the file", async () => {
  await using served = await createServedStudio();
  const piece = await served.make(mp3);
  const left = new AbortController();
  const asked = Array.from({ length: 5 }, () =>
    fetch(served.url + wavOf(piece), {
      headers: { authorization: `Bearer ${served.token}` },
      signal: left.signal,
    }).catch(() => "left"),
  );
  const rendered = () => renderedIn(served.studio.stores);
  await until("the file is being made", async () =>
    (await rendered()).some((name) => name.endsWith(".part")),
  );
  left.abort();
  await Promise.all(asked);
  await until("the work is aborted", async () => (await rendered()).length === 0);
  const { status, headers, body } = await served.ask("GET", wavOf(piece));
  expect([status, Number(headers.get("content-length"))]).toEqual([200, body.length]);
});

test("a caller who requests too many files at the same time gets 429", async () => {
  await using served = await createServedStudio();
  const pieces = [];
  for (let made = 0; made < 8; made++) pieces.push(await served.make(mp3));
  const answers = await Promise.all(pieces.map((piece) => served.ask("HEAD", wavOf(piece))));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const asked = await Promise.all(
    pieces.map((piece) => served.ask("GET", wavOf(piece), { range: "bytes=0-0" })),
  );
  const refused = asked.filter(({ status }) => status === 429);
  expect(asked.filter(({ status }) => status === 206)).toHaveLength(8 - refused.length);
  expect(refused.length).toBeGreaterThan(0);
  for (const { headers } of refused) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
});

test("while many hostile files are verified, other requests are not delayed", async () => {
  await using served = await createServedStudio();
  const parts = Buffer.concat([
    Buffer.from("RIFF\xff\xff\xff\x7fWAVE", "latin1"),
    Buffer.alloc(20_000_000, "junk\0\0\0\0", "latin1"),
  ]);
  const oneLongPart = Buffer.alloc(40_000_000);
  oneLongPart.write("RIFF\xff\xff\xff\x7fWAVEdata\xff\xff\xff\x7f", "latin1");
  const asked = [parts, oneLongPart, parts, oneLongPart].map(async (body) => {
    const res = await fetch(`${served.url}/v1/verify`, { method: "POST", body });
    return ((await res.json()) as { verdict: string }).verdict;
  });
  const worst = await worstHealthBeside(served.url, Promise.all(asked), threadMs);
  expect(await Promise.all(asked)).toEqual(asked.map(() => "foreign"));
  expect(worst).toBeLessThan(othersWaitMsMax);
});
