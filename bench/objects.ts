// Measures the file object store. Prints the speed in MB/s of writing, of reading with and without the checksum, and of
// the checksum alone. Also prints how much the memory grew during these steps, and the time to write a track of ten
// minutes.
// Run: bun bench/objects.ts [megabytes]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32c } from "../src/ports/object-store/crc32c.ts";
import { createFileObjectStore } from "../src/ports/object-store/file/store.ts";

const key = { businessId: "acme", path: "versions/v1/audio.mp3" };
const chunk = crypto.getRandomValues(new Uint8Array(16_384));

async function* contentOf(bytes: number): AsyncGenerator<Uint8Array> {
  for (let given = 0; given < bytes; given += chunk.length) yield chunk;
}

async function measure(what: string, bytes: number, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1_000;
  console.log(`${what}: ${(bytes / 1e6 / seconds).toFixed(0)} MB/s`);
}

if (import.meta.main) {
  const bytes = Number(process.argv[2] ?? 300) * 1_000_000;
  const folder = mkdtempSync(join(tmpdir(), "rondo-bench-"));
  try {
    const before = process.memoryUsage.rss();
    for (const [title, options] of [
      ["one file", {}],
      ["parts of 32 MB", { partBytes: 32_000_000 }],
    ] as const) {
      const store = createFileObjectStore({ folder: join(folder, title), ...options });
      await measure(`write, ${title}, on the disk`, bytes, () =>
        store.write(key, contentOf(bytes), { contentType: "audio/mpeg" }),
      );
      await measure(`read, ${title}`, bytes, async () => {
        const read = await store.read(key);
        for await (const _ of read!.body instanceof Blob ? read!.body.stream() : read!.body);
      });
      await measure(`read and checked, ${title}`, bytes, async () => {
        for await (const _ of (await store.read(key))!.checked());
      });
    }
    await measure("CRC32C alone", bytes, async () => {
      for (let at = 0, crc = 0; at < bytes; at += chunk.length) crc = crc32c(chunk, crc);
    });
    const grown = (process.memoryUsage.rss() - before) / 1e6;
    const track = createFileObjectStore({ folder: join(folder, "tracks") });
    const tracks = 50;
    const began = performance.now();
    for (let index = 0; index < tracks; index++) {
      await track.write({ ...key, path: `versions/v${index}/audio.mp3` }, contentOf(9_600_000), {
        contentType: "audio/mpeg",
      });
    }
    console.log(
      `writing a ten-minute track to the disk: ${((performance.now() - began) / tracks).toFixed(1)} ms`,
    );
    console.log(`memory of the process: ${grown.toFixed(0)} MB more than before`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
