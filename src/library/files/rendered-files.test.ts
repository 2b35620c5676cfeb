// Tests the cache of rendered downloads: each file is made only one time, the disk space is limited, and unused files
// are deleted.
import { expect, test } from "bun:test";
import { mkdir, readdir, stat, utimes } from "node:fs/promises";
import { AppError } from "../../errors.ts";
import { codeOf, noSignal } from "../../testing/studio.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { until } from "../../testing/until.ts";
import { createRenderedFiles, type RenderedFile, type RenderedFilesOptions } from "./rendered-files.ts";
import { openRenderedFolder } from "./rendered-folder.ts";
import { createLibraryThreads } from "./threads/library-threads.ts";

async function createStage(options: Partial<RenderedFilesOptions> = {}) {
  const directory = await createTemporaryDirectory();
  const folder = `${directory.path}/rendered`;
  const threads = createLibraryThreads();
  const openBlob = (path: string) => Bun.file(path);
  const files = await createRenderedFiles({ folder, threads, openBlob, ...options });
  let reads = 0;
  return {
    files,
    reads: () => reads,
    folder,
    names: async () => {
      const [own = ""] = await readdir(folder);
      return readdir(`${folder}/${own}`);
    },
    copyOf: (name: string, content: Uint8Array, fail?: Error): RenderedFile => ({
      name,
      bytes: content.length,
      recipe: { kind: "copy", audioBytes: content.length },
      sounds: {
        async *read(_, start) {
          reads++;
          if (fail) throw fail;
          yield content.subarray(start);
        },
        sign: () => Promise.resolve(""),
      },
    }),
    async [Symbol.asyncDispose]() {
      await files.close();
      await threads.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const content = crypto.getRandomValues(new Uint8Array(50_000));
const bytesOf = async (blob: Blob | undefined) => new Uint8Array((await blob?.arrayBuffer()) ?? []);

test("a file that several callers request at the same time is made only one time", async () => {
  await using stage = await createStage();
  const file = stage.copyOf("one", content);
  const asked = Array.from({ length: 8 }, (_, at) => stage.files.open(file, `caller-${at}`, noSignal));
  for (const blob of await Promise.all(asked)) expect(await bytesOf(blob)).toEqual(content);
  const part = (await stage.files.open(file, "other", noSignal))?.slice(10, 20);
  expect(await bytesOf(part)).toEqual(content.subarray(10, 20));
  expect(stage.reads()).toBe(1);
});

test("the least recently used files are deleted to make room for new files", async () => {
  await using stage = await createStage({ bytesMax: 120_000 });
  const open = (name: string) => stage.files.open(stage.copyOf(name, content), "caller", noSignal);
  await open("first");
  await open("second");
  await open("first");
  await open("third");
  expect((await stage.names()).map((name) => name.split("-")[0]).sort()).toEqual(["first", "third"]);
  const large = stage.copyOf("large", new Uint8Array(60_001));
  expect(await stage.files.open(large, "caller", noSignal)).toBeUndefined();
});

test("a file that is no longer used is removed", async () => {
  await using stage = await createStage({ unusedMs: 20 });
  await stage.files.open(stage.copyOf("one", content), "caller", noSignal);
  await until("the file is removed", async () => (await stage.names()).length === 0);
});

test("if the sound can't be read, the caller gets the error and no file remains", async () => {
  await using stage = await createStage();
  const damaged = stage.copyOf("one", content, new AppError("CONTENT_DAMAGED", "It is damaged."));
  expect(await codeOf(stage.files.open(damaged, "caller", noSignal))).toBe("CONTENT_DAMAGED");
  expect(await stage.names()).toEqual([]);
  expect(await bytesOf(await stage.files.open(stage.copyOf("one", content), "caller", noSignal))).toEqual(
    content,
  );
});

test("if a thread crashes, its task fails", async () => {
  const broken = createLibraryThreads({ program: new URL("data:text/javascript,throw new Error('broken')") });
  for (let times = 0; times < 2; times++)
    expect(await codeOf(broken.run({ kind: "verify" }, {}, noSignal))).not.toBe("no error");
  await broken.close();
});

test("a file can still be read after other processes have opened and closed the same folder", async () => {
  await using stage = await createStage();
  const blob = await stage.files.open(stage.copyOf("one", content), "caller", noSignal);
  const threads = createLibraryThreads();
  const options = { folder: stage.folder, threads, openBlob: (path: string) => Bun.file(path) };
  const others = await Promise.all([createRenderedFiles(options), createRenderedFiles(options)]);
  for (const other of others) await other.close();
  await threads.close();
  expect(await bytesOf(blob)).toEqual(content);
});

test("a process that opens the shared folder removes only old folders of other processes", async () => {
  await using directory = await createTemporaryDirectory();
  const left = `${directory.path}/left`;
  const recent = `${directory.path}/recent`;
  await mkdir(left);
  await mkdir(recent);
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await utimes(left, anHourAgo, anHourAgo);
  const folder = await openRenderedFolder(directory.path);
  expect(await stat(left).catch(() => undefined)).toBeUndefined();
  expect((await stat(recent)).isDirectory()).toBe(true);
  await folder.remove();
});
