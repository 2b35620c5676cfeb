// Writes one object in constant memory: the content is split into pieces, and the pieces are sent one after the other.
// The size and the checksum of the content are checked twice. Before the last piece is sent, they are compared with the
// values that the caller expects, if the caller gave such values. After the upload, they are compared with the values
// of the stored object.
import { isAppError } from "../../../errors.ts";
import { contentDamaged } from "../checked-content.ts";
import { crc32c } from "../crc32c.ts";
import type { GcsClient } from "./client.ts";
import { uploadLost } from "./errors.ts";
import { factsOf } from "./facts.ts";
import type { UploadIdentity, UploadNotes } from "./notes.ts";
import { removeGeneration } from "./remove.ts";
import { createSession, type Piece, resumeSession, type UploadSession } from "./session.ts";
import type { ObjectFacts, ObjectWrite } from "../object-store.ts";
import { untilAborted } from "../until-aborted.ts";

export interface GcsWriteDeps {
  readonly client: GcsClient;
  readonly notes: UploadNotes;
  /** The size of a piece in bytes: a multiple of 256 KiB. */
  readonly pieceBytes: number;
}

/**
 * After an error or an abort, the write can be repeated with the same options and the whole content. If the content is
 * longer than one piece, the bytes that the server already has are not sent again. Errors:
 * - CONTENT_DAMAGED: the content is not as expected, or was damaged on the way.
 * - UNAVAILABLE: the server has lost the upload.
 * - The reason of `signal`, and the errors of Google's driver, are thrown unchanged.
 */
export async function writeToGcs(
  deps: GcsWriteDeps,
  name: string,
  content: AsyncIterable<Uint8Array>,
  options: ObjectWrite,
): Promise<ObjectFacts> {
  const { expected, contentType, signal } = options;
  let upload: Upload | undefined;
  try {
    for await (const piece of piecesOf(untilAborted(content, signal), deps.pieceBytes)) {
      refuseUnexpected(piece, expected);
      upload ??= await beginUpload(
        deps,
        piece,
        {
          name,
          contentType,
          expectedBytes: expected?.bytes,
          firstCrc32c: crc32c(piece.bytes),
        },
        signal,
      );
      const finished = await upload.session.send(piece, signal);
      if (!finished) continue;
      const facts = factsOf(finished.metadata);
      if (facts.bytes !== piece.total?.bytes || facts.crc32c !== piece.total.crc32c) {
        if (finished.isOurs) await removeGeneration(deps.client, name, finished.metadata.generation);
        throw contentDamaged(`stored ${facts.bytes} bytes with ${facts.crc32c}`);
      }
      await upload.forget();
      return facts;
    }
    throw new Error("the last piece did not complete the upload");
  } catch (err) {
    // An interrupted upload can be continued later, but an upload of damaged content must be removed.
    if (isAppError(err, "CONTENT_DAMAGED")) {
      await upload?.session.cancel().catch(() => {}); // the server discards the upload after a week anyway
      await upload?.forget();
    }
    if (isAppError(err, "GONE")) await upload?.forget();
    throw isAppError(err, "GONE") ? uploadLost(err) : err;
  }
}

interface Upload {
  readonly session: UploadSession;
  /** Deletes the record of the upload, because the upload can't be continued any more. */
  forget(): Promise<void>;
}

async function beginUpload(
  { client, notes }: GcsWriteDeps,
  first: Piece,
  identity: UploadIdentity,
  signal: AbortSignal | undefined,
): Promise<Upload> {
  // An object that fits into a single request needs no record, because a single request can't be continued.
  if (first.total) return { session: createSession(await sessionUri(client, identity)), async forget() {} };
  const forget = () => notes.remove(identity);
  const earlier = await notes.find(identity);
  const resumed = earlier === undefined ? undefined : await resumeSession(earlier, signal);
  if (resumed) return { session: resumed, forget };
  const uri = await sessionUri(client, identity);
  await notes.save(identity, uri);
  return { session: createSession(uri), forget };
}

async function sessionUri({ files }: GcsClient, { name, contentType }: UploadIdentity): Promise<string> {
  const [uri] = await files.file(name).createResumableUpload({ metadata: { contentType } });
  return uri;
}

function refuseUnexpected({ start, bytes, total }: Piece, expected: ObjectWrite["expected"]): void {
  const sofar = start + bytes.length;
  const isTooLong = sofar > (expected?.bytes ?? sofar);
  const isOther =
    total && (sofar !== (expected?.bytes ?? sofar) || total.crc32c !== (expected?.crc32c ?? total.crc32c));
  if (isTooLong || isOther) {
    throw contentDamaged(`got ${sofar} bytes with ${total?.crc32c}, not ${JSON.stringify(expected)}`);
  }
}

/** Splits content into pieces of equal size. Only the last piece may be shorter. Empty content is one empty piece. */
async function* piecesOf(content: AsyncIterable<Uint8Array>, pieceBytes: number): AsyncGenerator<Piece> {
  let buffer = new Uint8Array(pieceBytes);
  let filled = 0;
  let start = 0;
  let crc = 0;
  for await (const chunk of content) {
    crc = crc32c(chunk, crc);
    for (let at = 0; at < chunk.length;) {
      if (filled === pieceBytes) {
        yield { start, bytes: buffer };
        start += filled;
        filled = 0;
        // A new buffer is needed, because the last request may still read the old one.
        buffer = new Uint8Array(pieceBytes);
      }
      const taken = chunk.subarray(at, at + pieceBytes - filled);
      buffer.set(taken, filled);
      filled += taken.length;
      at += taken.length;
    }
  }
  yield { start, bytes: buffer.subarray(0, filled), total: { bytes: start + filled, crc32c: crc } };
}
