// Measures time and memory in four cases: the upload of finished audio, its download, the ZIP of a project, and the ZIP
// of an account. For each ZIP, also measures the longest time for which the event loop is blocked.
// Run: bun bench/library.ts [tracks] (500 tracks by default)
import { downloadAudio } from "../src/library/tiers/download-audio.ts";
import { readAccountArchive } from "../src/library/files/account-archive.ts";
import { readProjectArchive } from "../src/library/files/project-archive.ts";
import { sweepTiers } from "../src/library/tiers/sweep-tiers.ts";
import { uploadAudio } from "../src/library/tiers/upload-audio.ts";
import { createStudio, noSignal } from "../src/testing/studio.ts";

const dayMs = 86_400_000;
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);

/**
 * Prints the time and the additional memory of `work`. The additional memory is the highest
 * resident memory during `work`, measured every 5 ms, minus the resident memory before `work`.
 */
async function measure(what: string, bytes: number, work: () => Promise<unknown>): Promise<void> {
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 5);
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1_000;
  clearInterval(watch);
  console.log(
    `${what}: ${seconds.toFixed(2)} s, ${megabytes(bytes / seconds)} MB/s, ${megabytes(most - before)} MB more memory`,
  );
}

if (import.meta.main) {
  const tracks = Number(process.argv[2] ?? 500);
  await using studio = await createStudio();
  const { deps, alice, business } = studio;
  const tenMinutes = { chunks: 600, chunkBytes: 16_000 };
  const long = await studio.make({}, alice, tenMinutes);
  const audio = { businessId: business.id, versionId: long.versionId, lastAttempt: false };
  const bytes = 600 * 16_000;
  await measure("upload of ten minutes", bytes, () => uploadAudio(deps, audio, noSignal));
  await sweepTiers(deps, noSignal, Date.now() + 8 * dayMs);
  await measure("download of ten minutes", bytes, () => downloadAudio(deps, audio, noSignal));
  for (let made = 1; made < tracks; made++) {
    const piece = await studio.make({}, alice, { chunks: 60, chunkBytes: 16_000 });
    await uploadAudio(deps, { businessId: business.id, versionId: piece.versionId }, noSignal);
  }
  for (const [what, open] of [
    [`a ZIP of ${tracks} tracks`, () => readProjectArchive(deps, alice, long.projectId)],
    [`the account's archive`, () => readAccountArchive(deps, alice, { language: "en", isResumed: false })],
  ] as const) {
    let worstMs = 0;
    let lastMs = performance.now();
    const turn = setInterval(() => {
      worstMs = Math.max(worstMs, performance.now() - lastMs - 5);
      lastMs = performance.now();
    }, 5);
    const began = performance.now();
    const { content } = await open();
    console.log(`${what}: described in ${(performance.now() - began).toFixed(0)} ms`);
    if (content === undefined) throw new Error("The archive has no content.");
    await measure(what, content.bytes, async () => {
      for await (const _ of content.read(0));
    });
    clearInterval(turn);
    console.log(`${what}: the event loop was blocked for at most ${worstMs.toFixed(0)} ms`);
  }
}
