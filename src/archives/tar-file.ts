// Writes and reads tar files (POSIX ustar) for the archives of businesses. Only what these archives need is supported:
// regular files with names of at most 100 characters.
import { createHash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { AppError } from "../errors.ts";

const blockBytes = 512;

/** The size in bytes and the SHA-256 (hex) of a file in an archive. */
export interface TarFacts {
  readonly bytes: number;
  readonly sha256: string;
}

export interface TarWriter {
  /**
   * Adds a file. `name` must have at most 100 ASCII characters; `add` does not check this. Await the result before the
   * next call. Throws INTERNAL if the content does not have the given size. An error can leave a part of the file in
   * the archive. After an error, call `removeAfter` with the value that `end` had before the file, or give the archive
   * up with `close`.
   */
  add(name: string, bytes: number, content: AsyncIterable<Uint8Array>): Promise<TarFacts>;
  /** Returns the position in bytes after the last file. */
  end(): number;
  /** Removes all files that were added after the position `end`. */
  removeAfter(end: number): Promise<void>;
  /**
   * Flushes the content to the disk, then renames the file to its path. Replaces an existing file.
   */
  finish(): Promise<void>;
  /** If `finish` was not called or failed before the rename, removes the unfinished file. */
  close(): Promise<void>;
}

/** Until `finish` is called, the file has the name `path` followed by ".partial". Replaces an existing .partial file. */
export async function createTar(path: string): Promise<TarWriter> {
  const partial = `${path}.partial`;
  const file = await open(partial, "w", 0o600);
  let isOpen = true;
  let end = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    await file.write(bytes, 0, bytes.byteLength, end);
    end += bytes.byteLength;
  };
  return {
    async add(name, bytes, content) {
      const hash = createHash("sha256");
      await write(headerOf(name, bytes));
      let written = 0;
      for await (const part of content) {
        hash.update(part);
        written += part.byteLength;
        await write(part);
      }
      if (written !== bytes)
        throw new AppError("INTERNAL", `${name} has ${written} bytes instead of ${bytes}.`);
      await write(new Uint8Array(paddingOf(bytes)));
      return { bytes, sha256: hash.digest("hex") };
    },
    end: () => end,
    async removeAfter(position) {
      await file.truncate(position);
      end = position;
    },
    async finish() {
      await write(new Uint8Array(2 * blockBytes));
      await file.sync();
      await file.close();
      isOpen = false;
      await rename(partial, path);
    },
    async close() {
      if (!isOpen) return;
      await file.close();
      await rm(partial, { force: true });
    },
  };
}

export interface TarReader {
  readonly names: readonly string[];
  /** Yields the content of a file in pieces. Throws INVALID_BODY if the archive has no complete file of this name. */
  read(name: string): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Throws NOT_FOUND for a file that can't be read, and INVALID_BODY for a file that is not a complete tar file. */
export async function openTar(path: string): Promise<TarReader> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw new AppError("NOT_FOUND", `The file ${path} can't be read.`, { hint: "Check its path.", cause });
  });
  try {
    const places = await findFiles(file, path);
    return {
      names: [...places.keys()],
      async *read(name) {
        const place = places.get(name);
        if (place === undefined) throw damaged(`${name} is missing.`);
        for (let at = 0; at < place.bytes;) {
          const part = Buffer.alloc(Math.min(1 << 20, place.bytes - at));
          const { bytesRead } = await file.read(part, 0, part.length, place.start + at);
          if (bytesRead === 0) throw damaged("It ends too early.");
          at += bytesRead;
          yield part.subarray(0, bytesRead);
        }
      },
      close: () => file.close(),
    };
  } catch (err) {
    await file.close();
    throw err;
  }
}

interface Place {
  readonly start: number;
  readonly bytes: number;
}

async function findFiles(file: FileHandle, path: string): Promise<ReadonlyMap<string, Place>> {
  const { size } = await file.stat();
  const places = new Map<string, Place>();
  for (let at = 0; ;) {
    const header = Buffer.alloc(blockBytes);
    const { bytesRead } = await file.read(header, 0, blockBytes, at);
    if (bytesRead < blockBytes) throw damaged(`${path} ends too early.`);
    if (header.every((byte) => byte === 0)) return places;
    const field = (start: number, length: number) =>
      header.toString("latin1", start, start + length).replace(/[\0 ]+$/, "");
    if (Number.parseInt(field(148, 8), 8) !== checksumOf(header)) throw damaged(`${path} is no tar file.`);
    const bytes = Number.parseInt(field(124, 12), 8);
    const start = at + blockBytes;
    if (!(bytes >= 0 && start + bytes <= size)) throw damaged(`${path} ends too early.`);
    places.set(field(0, 100), { start, bytes });
    at = start + bytes + paddingOf(bytes);
  }
}

export const damaged = (why: string): AppError =>
  new AppError("INVALID_BODY", `The archive is damaged: ${why}`, {
    hint: "Use another copy of the archive. Nothing was changed.",
  });

const paddingOf = (bytes: number): number => (blockBytes - (bytes % blockBytes)) % blockBytes;

/** The format: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "ustar Interchange Format". */
function headerOf(name: string, bytes: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  header.write(name, 0, "latin1");
  header.write(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  header.write(`${octal(bytes, 11)}\0${octal(Math.floor(Date.now() / 1000), 11)}\0`, 124);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write(`${octal(checksumOf(header), 6)}\0 `, 148);
  return header;
}

/** Returns the sum of all bytes of the header. The bytes of the checksum field are counted as if they were spaces. */
const checksumOf = (header: Buffer): number =>
  header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
