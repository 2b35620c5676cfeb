// Makes a ZIP (PKWARE APPNOTE 6.3.9) whose size is known before the contents of its entries are
// read: the entries are not compressed, because music hardly gets smaller. Large entries and
// archives use ZIP64. The checksum of an entry is stored after its content, because it is known
// only when the content was read.
import { crc32 } from "node:zlib";
import { type ByteSource, joinSources, lateSource, sourceOf } from "../byte-source.ts";

export interface ZipEntry {
  /** The path of the file, with "/" after each folder. The path must be unique. This is not checked. */
  readonly name: string;
  readonly modifiedAtMs: number;
  readonly content: ByteSource;
  /**
   * The CRC-32 of the content, if it is known. A download that is resumed after this entry needs the checksum. If it is
   * not given here, the content is read again to compute it.
   */
  readonly crc32?: number;
}

const max16 = 0xffff;
const max32 = 0xffff_ffff;
const needsZip64 = ({ content }: ZipEntry): boolean => content.bytes >= max32;

/** Throws RangeError for a name that is too long, or that is not safe, such as "../piece.mp3". */
export function zipFile(entries: readonly ZipEntry[]): ByteSource {
  const pieces: ByteSource[] = [];
  const placed: Placed[] = [];
  let offset = 0;
  for (const entry of entries) {
    checkName(entry.name);
    const content = createCheckedSource(entry);
    const head = sourceOf(localHeader(entry));
    const descriptor = lateSource(needsZip64(entry) ? 24 : 16, async () =>
      dataDescriptor(entry, await content.crc32()),
    );
    placed.push({ entry, offset, crc32: content.crc32 });
    pieces.push(head, content, descriptor);
    offset += head.bytes + content.bytes + descriptor.bytes;
  }
  const directoryBytes = placed.reduce((sum, one) => sum + centralHeader(one, 0).length, 0);
  const directory = lateSource(directoryBytes, async () => {
    const headers: Buffer[] = [];
    for (const one of placed) headers.push(centralHeader(one, await one.crc32()));
    return Buffer.concat(headers);
  });
  return joinSources([...pieces, directory, sourceOf(endRecords(entries.length, directoryBytes, offset))]);
}

interface Placed {
  readonly entry: ZipEntry;
  readonly offset: number;
  readonly crc32: () => Promise<number>;
}

/**
 * Wraps the content of an entry. The checksum is calculated while the content is read from the
 * beginning. If the checksum is not known yet, `crc32` reads the content.
 */
function createCheckedSource({ content, crc32: given }: ZipEntry): ByteSource & { crc32(): Promise<number> } {
  let known = given;
  async function* readAndCheck(): AsyncGenerator<Uint8Array> {
    let crc = 0;
    for await (const chunk of content.read(0)) {
      crc = crc32(chunk, crc);
      yield chunk;
    }
    known = crc;
  }
  return {
    bytes: content.bytes,
    read: (start) => (start === 0 ? readAndCheck() : content.read(start)),
    async crc32() {
      if (known === undefined) for await (const _ of readAndCheck());
      return known ?? 0;
    },
  };
}

function localHeader(entry: ZipEntry): Buffer {
  const name = Buffer.from(entry.name);
  const extra = Buffer.concat([needsZip64(entry) ? zip64Extra([0, 0]) : Buffer.alloc(0), timeExtra(entry)]);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  writeCommon(header, 4, entry);
  // The checksum and the sizes follow the content. The header of a large entry declares 8-byte sizes.
  if (needsZip64(entry)) header.fill(0xff, 18, 26);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

function dataDescriptor(entry: ZipEntry, crc: number): Buffer {
  const { bytes } = entry.content;
  const descriptor = Buffer.alloc(needsZip64(entry) ? 24 : 16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  descriptor.writeUInt32LE(crc, 4);
  for (const half of [0, 1]) {
    if (needsZip64(entry)) descriptor.writeBigUInt64LE(BigInt(bytes), 8 + half * 8);
    else descriptor.writeUInt32LE(bytes, 8 + half * 4);
  }
  return descriptor;
}

function centralHeader({ entry, offset }: Placed, crc: number): Buffer {
  const name = Buffer.from(entry.name);
  const { bytes } = entry.content;
  const large = [...(needsZip64(entry) ? [bytes, bytes] : []), ...(offset >= max32 ? [offset] : [])];
  const extra = Buffer.concat([large.length > 0 ? zip64Extra(large) : Buffer.alloc(0), timeExtra(entry)]);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE((3 << 8) | 45, 4); // Declares Unix as the origin, so that the file mode below is used.
  writeCommon(header, 6, entry);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(Math.min(bytes, max32), 20);
  header.writeUInt32LE(Math.min(bytes, max32), 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE((0o100644 << 16) >>> 0, 38);
  header.writeUInt32LE(Math.min(offset, max32), 42);
  return Buffer.concat([header, name, extra]);
}

/**
 * Writes the fields that are in both headers: version needed, flags (the checksum follows the content, and names are
 * in UTF-8), method (stored), time and date.
 */
function writeCommon(header: Buffer, at: number, entry: ZipEntry): void {
  header.writeUInt16LE(needsZip64(entry) ? 45 : 20, at);
  header.writeUInt16LE(0x0808, at + 2);
  header.writeUInt16LE(0, at + 4);
  const when = new Date(Math.max(entry.modifiedAtMs, Date.UTC(1980)));
  const time = (when.getUTCHours() << 11) | (when.getUTCMinutes() << 5) | (when.getUTCSeconds() >> 1);
  const date = ((when.getUTCFullYear() - 1980) << 9) | ((when.getUTCMonth() + 1) << 5) | when.getUTCDate();
  header.writeUInt16LE(time, at + 6);
  header.writeUInt16LE(date, at + 8);
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(values.length * 8, 2);
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + index * 8);
  return extra;
}

/**
 * Returns the extra field with the time in UTC. The extra field is needed because programs read the
 * date and the time of `writeCommon` as local time.
 */
function timeExtra({ modifiedAtMs }: ZipEntry): Buffer {
  const extra = Buffer.alloc(9);
  extra.writeUInt16LE(0x5455, 0);
  extra.writeUInt16LE(5, 2);
  extra.writeUInt8(1, 4);
  extra.writeInt32LE(Math.min(Math.floor(modifiedAtMs / 1_000), 0x7fff_ffff), 5);
  return extra;
}

function endRecords(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, max16), 8);
  end.writeUInt16LE(Math.min(entries, max16), 10);
  end.writeUInt32LE(Math.min(directoryBytes, max32), 12);
  end.writeUInt32LE(Math.min(directoryOffset, max32), 16);
  if (entries < max16 && directoryBytes < max32 && directoryOffset < max32) return end;
  const large = Buffer.alloc(56);
  large.writeUInt32LE(0x06064b50, 0);
  large.writeBigUInt64LE(44n, 4); // The length of the rest of this record.
  large.writeUInt16LE((3 << 8) | 45, 12);
  large.writeUInt16LE(45, 14);
  large.writeBigUInt64LE(BigInt(entries), 24);
  large.writeBigUInt64LE(BigInt(entries), 32);
  large.writeBigUInt64LE(BigInt(directoryBytes), 40);
  large.writeBigUInt64LE(BigInt(directoryOffset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(directoryOffset + directoryBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([large, locator, end]);
}

function checkName(name: string): void {
  const isSafe = name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!isSafe || /[\\\0:]/.test(name) || Buffer.byteLength(name) > max16) {
    throw new RangeError(`An archive can't contain a file with the name ${JSON.stringify(name)}.`);
  }
}
