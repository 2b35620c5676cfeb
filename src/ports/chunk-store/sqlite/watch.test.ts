// How chunk files are watched: heard at once where the system tells of writes, found by asking where it does not.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createTemporaryDirectory } from "../../../testing/temporary-directory.ts";
import { until } from "../../../testing/until.ts";
import { openChunkFile } from "./file.ts";
import { fileNameOf } from "./file-name.ts";
import { createFileWatch } from "./watch.ts";

const businessId = "acme";
const options = { sync: "normal", bytesMax: undefined } as const;

/** A file that is watched, and written by another handle. */
async function watched(bellDirectory: (directory: string) => string) {
  const directory = await createTemporaryDirectory();
  const at = join(directory.path, fileNameOf(businessId));
  const [reader, writer] = [openChunkFile(at, options), openChunkFile(at, options)];
  writer.create("song", {}, undefined);
  const counts = { asked: 0, told: 0 };
  const counted = {
    ...reader,
    version() {
      counts.asked++;
      return reader.version();
    },
  };
  const watch = createFileWatch(bellDirectory(directory.path));
  watch.add(businessId, counted, "song", () => counts.told++, new AbortController().signal);
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

test.skipIf(process.platform !== "linux")(
  "a file that rings is told of at its ring, and hardly asked between",
  async () => {
    await using file = await watched((directory) => directory);
    for (let i = 1; i <= 5; i++) {
      file.append();
      await until("the change is told", () => file.counts.told === i);
    }
    await Bun.sleep(30);
    const { asked } = file.counts;
    await Bun.sleep(480);
    // A question each 24 ms; without the rings it would be one each 3 ms, or 160.
    expect(file.counts.asked - asked).toBeLessThan(40);
    expect(file.counts.told).toBe(5);
  },
);

test("where nothing rings, each change is found by asking", async () => {
  await using file = await watched((directory) => join(directory, "none"));
  for (let i = 1; i <= 5; i++) {
    file.append();
    await until("the change is told", () => file.counts.told === i);
  }
});
