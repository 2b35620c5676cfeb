// Writes a large object in parts. Each part is a separate upload, and a complete part is not uploaded again. At the end
// the parts are composed into one object.
import type { File, FileMetadata } from "@google-cloud/storage";
import { isAppError } from "../../../errors.ts";
import { contentDamaged } from "../checked-content.ts";
import { crc32c } from "../crc32c.ts";
import type { GcsClient } from "./client.ts";
import { statusOf, uploadLost } from "./errors.ts";
import { type GcsFacts, gcsFactsOf } from "./facts.ts";
import { removeGeneration } from "./remove.ts";
import { pieceUnitBytes } from "./session.ts";
import { type GcsWriteDeps, writeToGcs } from "./write.ts";
import type { ObjectFacts, ObjectWrite } from "../object-store.ts";
import { untilAborted } from "../until-aborted.ts";

export interface GcsPartsWrite extends ObjectWrite {
  readonly expected: { readonly bytes: number; readonly crc32c?: number };
}

/** The maximum number of parts that one request can compose. */
const partsMax = 32;
// The key of a stored object never contains "@", so the name of a part is never the name of a stored object.
const partsFolder = "@parts/";

/**
 * After an error or an abort, the caller can repeat the write with the same options and with the whole content. A
 * repeated write does not send the complete parts again. It only compares their checksums with the content. If the
 * content is not as expected, deletes the complete parts and throws CONTENT_DAMAGED. Throws UNAVAILABLE if a part was
 * deleted by another process, or if a complete part has other content.
 */
export async function writePartsToGcs(
  deps: GcsWriteDeps,
  name: string,
  content: AsyncIterable<Uint8Array>,
  options: GcsPartsWrite & { readonly partBytes: number },
): Promise<ObjectFacts> {
  const { client } = deps;
  const { expected, signal, contentType } = options;
  const partBytes = Math.max(options.partBytes, roundedUp(Math.ceil(expected.bytes / partsMax)));
  const folder = partsFolderOf(client, name, `${contentType} ${expected.bytes} ${partBytes}`);
  const slices = createSlices(untilAborted(content, signal));
  const parts: { readonly name: string; readonly facts: GcsFacts }[] = [];
  try {
    for (let start = 0; start < expected.bytes; start += partBytes) {
      const part = `${folder}${String(parts.length).padStart(2, "0")}`;
      const bytes = Math.min(partBytes, expected.bytes - start);
      const facts = await storePart(deps, part, slices.take(bytes), {
        contentType,
        expected: { bytes },
        signal,
      });
      parts.push({ name: part, facts });
    }
    const crc = await slices.end();
    if (crc !== (expected.crc32c ?? crc)) throw contentDamaged(`got ${crc}, not ${expected.crc32c}`);
    const facts = await compose(client, name, parts, contentType);
    if (facts.bytes !== expected.bytes || facts.crc32c !== crc) {
      await removeGeneration(client, name, facts.generation);
      throw contentDamaged(`composed ${facts.bytes} bytes with ${facts.crc32c}`);
    }
    for (const part of parts) await removeName(client, part.name);
    const { generation: _, ...stored } = facts;
    return stored;
  } catch (err) {
    // After other errors the parts stay, so that a repeated write can use them.
    if (isAppError(err, "CONTENT_DAMAGED")) {
      for (const part of parts) await removeName(client, part.name);
    }
    throw err;
  } finally {
    await slices.close();
  }
}

/**
 * Deletes the parts that were uploaded before `beforeMs`, and returns their number. These are the parts of writes that
 * failed and were not repeated: a successful write deletes its own parts.
 */
export async function sweepParts({ files, root }: GcsClient, beforeMs: number): Promise<number> {
  let removed = 0;
  for await (const found of files.getFilesStream({ prefix: `${root}${partsFolder}` })) {
    const file = found as File;
    if (Date.parse(file.metadata.timeCreated ?? "") >= beforeMs) continue;
    await file.delete({ ignoreNotFound: true });
    removed++;
  }
  return removed;
}

/**
 * Uploads one part. If an earlier attempt has uploaded this part with the same length, only compares the checksum of
 * the content with the checksum of the uploaded part. If the checksums differ, deletes the uploaded part and throws
 * UNAVAILABLE. The content can be read only once, so this call can't upload the part again. The caller has to repeat
 * the write.
 */
async function storePart(
  deps: GcsWriteDeps,
  name: string,
  content: AsyncIterable<Uint8Array>,
  { signal, ...options }: Omit<GcsPartsWrite, "signal"> & { readonly signal: AbortSignal | undefined },
): Promise<GcsFacts> {
  const earlier = await findFacts(deps.client, name);
  if (earlier?.bytes !== options.expected.bytes) {
    await writeToGcs(deps, name, content, { ...options, ...(signal && { signal }) });
    const facts = await findFacts(deps.client, name);
    if (!facts) throw uploadLost(new Error("a part was deleted meanwhile"));
    return facts;
  }
  let crc = 0;
  for await (const chunk of content) crc = crc32c(chunk, crc);
  if (crc === earlier.crc32c) return earlier;
  await removeName(deps.client, name);
  throw uploadLost(new Error("a part of an earlier attempt has other content"));
}

async function compose(
  { files }: GcsClient,
  name: string,
  parts: readonly { readonly name: string; readonly facts: GcsFacts }[],
  contentType: string,
): Promise<GcsFacts> {
  // The request names the generation of each part (its version in Google Cloud Storage), because another process can
  // replace the parts meanwhile.
  const sources = parts.map((part) => files.file(part.name, { generation: part.facts.generation }));
  const target = files.file(name);
  target.metadata.contentType = contentType;
  try {
    const [, answer] = await files.combine(sources, target);
    return gcsFactsOf(answer as FileMetadata);
  } catch (err) {
    if (statusOf(err) === 404) throw uploadLost(new Error("a part was deleted meanwhile"));
    throw err;
  }
}

async function findFacts({ files }: GcsClient, name: string): Promise<GcsFacts | undefined> {
  try {
    const [metadata] = await files.file(name).getMetadata();
    return gcsFactsOf(metadata);
  } catch (err) {
    if (statusOf(err) === 404) return undefined;
    throw err;
  }
}

const removeName = ({ files }: GcsClient, name: string): Promise<unknown> =>
  files.file(name).delete({ ignoreNotFound: true });

/** Splits the content into consecutive slices. */
function createSlices(content: AsyncIterable<Uint8Array>) {
  const chunks = content[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  let crc = 0;
  return {
    /** Yields the next `bytes` bytes, or fewer if the content ends. Read a slice to its end before the next `take`. */
    async *take(bytes: number): AsyncGenerator<Uint8Array> {
      for (let missing = bytes; missing > 0;) {
        if (rest.length === 0) {
          const next = await chunks.next();
          if (next.done) return;
          rest = next.value;
        }
        const taken = rest.subarray(0, missing);
        rest = rest.subarray(taken.length);
        missing -= taken.length;
        crc = crc32c(taken, crc);
        yield taken;
      }
    },
    /**
     * Returns the CRC32C of the whole content. Call `end` after the last slice was read. Throws CONTENT_DAMAGED if
     * there is more content.
     */
    async end(): Promise<number> {
      const next = rest.length > 0 ? undefined : await chunks.next();
      if (!next?.done && !(next?.value.length === 0))
        throw contentDamaged("there is more content than expected");
      return crc;
    },
    async close(): Promise<void> {
      await chunks.return?.();
    },
  };
}

function partsFolderOf({ root }: GcsClient, name: string, what: string): string {
  return `${root}${partsFolder}${name.slice(root.length)}/${Buffer.from(what).toString("base64url")}/`;
}

const roundedUp = (bytes: number): number => Math.ceil(bytes / pieceUnitBytes) * pieceUnitBytes;
