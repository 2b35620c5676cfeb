// Tests how chunk files are watched: file events report changes immediately, and polling finds changes on systems
// without file events.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createTemporaryDirectory } from "../../../testing/temporary-directory.ts";
import { until } from "../../../testing/until.ts";
import { openChunkFile } from "./file.ts";
import { fileNameOf } from "./file-name.ts";
import { createFileWatch } from "./watch.ts";

const businessId = "acme";
const options = { sync: "normal", bytesMax: undefined } as const;

/** Watches a chunk file to which another handle writes. */
async function watched(eventsDirectory: (directory: string) => string) {
  const directory = await createTemporaryDirectory();
  const at = join(directory.path, fileNameOf(businessId));
  const [reader, writer] = [openChunkFile(at, options), openChunkFile(at, options)];
  writer.create("song", {}, undefined);
  const counts = { polls: 0, changes: 0 };
  const counted = {
    ...reader,
    version() {
      counts.polls++;
      return reader.version();
    },
  };
  const watch = createFileWatch(eventsDirectory(directory.path));
  watch.add(businessId, counted, "song", () => counts.changes++, new AbortController().signal);
  return {
    counts,
    append: () => writer.append("song", { chunks: [new Uint8Array(16_000)] }),
    async [Symbol.asyncDispose]() {
      watch.close();
      reader.close();
      writer.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

test.skipIf(process.platform !== "linux")("with file events, the file is polled less often", async () => {
  await using file = await watched((directory) => directory);
  for (let i = 1; i <= 5; i++) {
    file.append();
    await until("the change is reported", () => file.counts.changes === i);
  }
  await Bun.sleep(30);
  const { polls } = file.counts;
  const sinceMs = performance.now();
  await Bun.sleep(480);
  // The file is polled every 24 ms. Without file events it would be polled every 3 ms. The limit of this test, one
  // poll in 12 ms, lies between the two.
  expect(file.counts.polls - polls).toBeLessThan((performance.now() - sinceMs) / 12);
  expect(file.counts.changes).toBe(5);
});

test("without file events, each change is found by polling", async () => {
  await using file = await watched((directory) => join(directory, "none"));
  for (let i = 1; i <= 5; i++) {
    file.append();
    await until("the change is reported", () => file.counts.changes === i);
  }
});
