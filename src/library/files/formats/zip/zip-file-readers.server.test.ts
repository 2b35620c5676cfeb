// Tests that unzip and Python's zipfile can read the ZIP archives that `zipFile` makes, even archives with more files
// or bytes than a ZIP without ZIP64 allows.
import { expect, setDefaultTimeout } from "bun:test";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { needsTool } from "../../../../testing/runners/needs-tool.ts";
import { createTemporaryDirectory } from "../../../../testing/temporary-directory.ts";
import { type ByteSource, sourceOf } from "../byte-source.ts";
import { type ZipEntry, zipFile } from "./zip-file.ts";

setDefaultTimeout(60_000);

const at = Date.UTC(2026, 10, 22, 7, 56, 6);
const entryOf = (name: string, content: Uint8Array | string): ZipEntry => ({
  name,
  modifiedAtMs: at,
  content: sourceOf(typeof content === "string" ? Buffer.from(content) : content),
});
const bytesOf = async (source: ByteSource, start = 0) =>
  Buffer.concat(await Array.fromAsync(source.read(start)));

const album = (): ZipEntry[] => [
  entryOf("manifest.json", '{"tracks":2}'),
  entryOf("Grüße 世界 🎧.mp3", crypto.getRandomValues(new Uint8Array(50_000))),
  entryOf("empty.txt", ""),
  entryOf("waves/one.dat", new Uint8Array(1_000).fill(3)),
];

async function unzip(bytes: Uint8Array, ...options: string[]): Promise<{ out: string; success: boolean }> {
  await using directory = await createTemporaryDirectory();
  const path = join(directory.path, "album.zip");
  await Bun.write(path, bytes);
  const { stdout, stderr, success } = Bun.spawnSync(["unzip", ...options, path], {
    stdout: "pipe",
    stderr: "pipe",
  });
  return { out: stdout.toString() + stderr.toString(), success };
}

needsTool("unzip")("unzip extracts every file of an archive unchanged", async () => {
  const entries = album();
  const file = zipFile(entries);
  const bytes = await bytesOf(file);
  expect(bytes.length).toBe(file.bytes);
  const tested = await unzip(bytes, "-t");
  expect(tested.out).toContain("No errors detected");
  expect(tested.success).toBe(true);

  await using directory = await createTemporaryDirectory();
  await Bun.write(join(directory.path, "album.zip"), bytes);
  const { success } = Bun.spawnSync(["unzip", "-q", "album.zip", "-d", "out"], {
    cwd: directory.path,
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  expect(success).toBe(true);
  for (const { name, content } of entries) {
    const unpacked = Bun.file(join(directory.path, "out", name));
    expect(Buffer.from(await unpacked.arrayBuffer())).toEqual(await bytesOf(content));
    expect(Math.abs(unpacked.lastModified - at)).toBeLessThan(2_000);
  }
});

needsTool("python3")("Python's zipfile reads the names of an archive in UTF-8", async () => {
  await using directory = await createTemporaryDirectory();
  await Bun.write(join(directory.path, "album.zip"), await bytesOf(zipFile(album())));
  const script =
    "import zipfile; z = zipfile.ZipFile('album.zip'); print(z.testzip(), [i.filename for i in z.infolist()])";
  const { stdout } = Bun.spawnSync(["python3", "-X", "utf8", "-c", script], { cwd: directory.path });
  expect(stdout.toString().trim()).toBe(
    "None ['manifest.json', 'Grüße 世界 🎧.mp3', 'empty.txt', 'waves/one.dat']",
  );
});

needsTool("unzip")(
  "unzip reads an archive with more files than a ZIP without ZIP64 allows",
  async () => {
    const count = 65_600;
    const file = zipFile(Array.from({ length: count }, (_, index) => entryOf(`${index}.txt`, "")));
    const { out, success } = await unzip(await bytesOf(file), "-tqq");
    expect(out).toBe("");
    expect(success).toBe(true);
  },
  60_000,
);

needsTool("python3")("Python's zipfile reads a file that follows a file of more than 4 GiB", async () => {
  // Only the first and the last bytes are written. The rest is a hole in a sparse file, and is read as zeros.
  const large = 4_400_000_000;
  const zeros: ByteSource = {
    bytes: large,
    read: () => {
      throw new Error("the content is a hole");
    },
  };
  const file = zipFile([
    { name: "large.bin", modifiedAtMs: at, content: zeros, crc32: 0x1234 },
    entryOf("behind.txt", "still here"),
  ]);
  await using directory = await createTemporaryDirectory();
  const path = join(directory.path, "large.zip");
  const headBytes = 30 + "large.bin".length + 20 + 9;
  const handle = await open(path, "w");
  const chunks = file.read(0)[Symbol.asyncIterator]();
  await handle.write((await chunks.next()).value!, 0, headBytes, 0);
  await chunks.return?.(undefined);
  let offset = headBytes + large;
  for await (const chunk of file.read(offset))
    offset += (await handle.write(chunk, 0, chunk.length, offset)).bytesWritten;
  await handle.close();
  expect(offset).toBe(file.bytes);
  const script = `import zipfile; z = zipfile.ZipFile('large.zip'); i = z.infolist()
print(i[0].file_size, i[0].header_offset, z.read('behind.txt').decode())
print(len(z.open('large.bin').read(100)))`;
  const { stdout, stderr } = Bun.spawnSync(["python3", "-c", script], { cwd: directory.path });
  expect(stderr.toString()).toBe("");
  expect(stdout.toString()).toBe(`${large} 0 still here\n100\n`);
});
