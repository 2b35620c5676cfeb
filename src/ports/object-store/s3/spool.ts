// Writes content to a temporary file before the upload. So incomplete or damaged content does not
// reach the bucket, and the checksum of the content is known before the upload.
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { createTemporaryFolder, temporaryErrorOf } from "../../temporary-folder.ts";
import { contentDamaged } from "../checked-content.ts";
import { crc32c } from "../crc32c.ts";
import type { ObjectWrite } from "../object-store.ts";
import { untilAborted } from "../until-aborted.ts";

export interface Spooled extends AsyncDisposable {
  readonly path: string;
  readonly bytes: number;
  readonly crc32c: number;
}

/**
 * Writes `content` to a temporary file. The file is removed when the result is disposed, or if this
 * function fails. Without `expected`, the content is not checked. Errors: CONTENT_DAMAGED (the
 * content differs from `expected`), STORAGE_FULL, the reason of an abort, and the errors of `content`
 * and of the file system.
 */
export async function spool(
  content: AsyncIterable<Uint8Array>,
  { expected, signal }: Pick<ObjectWrite, "expected" | "signal">,
): Promise<Spooled> {
  const folder = await createTemporaryFolder("rondo-object-");
  const remove = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, "content");
  try {
    let bytes = 0;
    let crc = 0;
    await using file = await open(path, "wx", 0o600);
    for await (const chunk of untilAborted(content, signal)) {
      crc = crc32c(chunk, crc);
      bytes += chunk.length;
      if (bytes > (expected?.bytes ?? bytes)) break;
      await file.writeFile(chunk);
    }
    if (bytes !== (expected?.bytes ?? bytes) || crc !== (expected?.crc32c ?? crc)) {
      throw contentDamaged(`got ${bytes} bytes with ${crc}, not ${JSON.stringify(expected)}`);
    }
    return { path, bytes, crc32c: crc, [Symbol.asyncDispose]: remove };
  } catch (err) {
    await remove();
    throw temporaryErrorOf(err);
  }
}
