// Runs one resumable upload. The content is sent piece by piece. After an error, the upload continues after the last
// byte that the server has received. When the upload is complete, the content becomes an object.
import type { FileMetadata } from "@google-cloud/storage";
import { AppError } from "../../../errors.ts";
import { contentDamaged } from "../checked-content.ts";
import { isTransient, refusalOf } from "./errors.ts";
import { checksumText } from "./facts.ts";

export interface Piece {
  /** The position of the piece in the content. */
  readonly start: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The size and the checksum of the whole content. Only the last piece has this field. */
  readonly total?: { readonly bytes: number; readonly crc32c: number };
}

export interface UploadSession {
  /**
   * Sends a piece. Returns the object's metadata after the last piece, and undefined after any
   * other piece. Pieces must be sent in order, one after another. Bytes that the server already has
   * are not sent again. Errors: CONTENT_DAMAGED if the data changed during the transfer, or if the
   * server has more bytes than the content; GONE if the upload must start again in another session.
   * After any other error, this session can be continued with the same content later.
   */
  send(piece: Piece, signal: AbortSignal | undefined): Promise<FinishedUpload | undefined>;
  /** Asks the server to discard the data. The server's answer is not checked. Rejects if there is no answer. */
  cancel(): Promise<void>;
}

interface FinishedUpload {
  readonly metadata: FileMetadata;
  /**
   * True if the response to our last piece reported the object: we completed the upload. False if we learnt from a
   * query of the progress that the upload is complete. Then another process may have completed it, or we may have
   * completed it without receiving the response.
   */
  readonly isOurs: boolean;
}

/** The size of each piece except the last must be a multiple of this number. */
export const pieceUnitBytes = 256 * 1024;

/** The state of the upload: the number of bytes that the server has, or the finished object. */
type Progress = { readonly kept: number } | { readonly finished: FinishedUpload };

const requestMs = 300_000;
const fruitlessTriesMax = 5;
const firstWaitMs = 50;

/** `uri` is a secret, because anyone who knows this address can write the object. */
export const createSession = (uri: string): UploadSession => sessionAt(uri, { kept: 0 });

/**
 * Resumes a session of an earlier process. Returns undefined if the session has expired or was cancelled, or if the
 * object is already complete. If `signal` is aborted, throws the reason of `signal`. Also throws the server's errors.
 */
export async function resumeSession(
  uri: string,
  signal: AbortSignal | undefined,
): Promise<UploadSession | undefined> {
  try {
    const progress = await untilAnswered(() => askProgress(uri, signal), signal);
    return "finished" in progress ? undefined : sessionAt(uri, progress);
  } catch (err) {
    if (err instanceof AppError && err.code === "GONE") return undefined;
    throw err;
  }
}

function sessionAt(uri: string, begin: Progress): UploadSession {
  let progress = begin;

  /** Sends one request and returns the state of the upload after it. */
  const put = (piece: Piece, from: number, signal: AbortSignal | undefined): Promise<Progress> => {
    const body = piece.bytes.subarray(from - piece.start);
    const total = piece.total?.bytes ?? "*";
    return request(uri, signal, body, {
      "content-range":
        body.length === 0 ? `bytes */${total}` : `bytes ${from}-${from + body.length - 1}/${total}`,
      ...(piece.total && { "x-goog-hash": `crc32c=${checksumText(piece.total.crc32c)}` }),
    });
  };

  return {
    async send(piece, signal) {
      const end = piece.start + piece.bytes.length;
      for (let fruitless = 0; ;) {
        // Another process can complete the upload in the same session before our last piece. Then
        // the remaining pieces are not sent. The call with the last piece still returns the metadata.
        if ("finished" in progress) return piece.total && progress.finished;
        const { kept } = progress;
        if (kept < piece.start) throw gone(`the server has ${kept} bytes, not ${piece.start}`);
        if (kept > end && piece.total) throw contentDamaged(`the server has ${kept} bytes, not ${end}`);
        if (kept >= end && !piece.total) return undefined;
        try {
          progress = await put(piece, kept, signal);
        } catch (err) {
          if (!isTransient(err)) throw err;
          if (++fruitless > fruitlessTriesMax) throw err;
          await wait(firstWaitMs * 2 ** fruitless, signal);
          progress = await untilAnswered(() => askProgress(uri, signal), signal);
        }
        if ("kept" in progress) fruitless = progress.kept > kept ? 0 : fruitless + 1;
        if (fruitless > fruitlessTriesMax) throw new Error(`the server accepts no more than ${kept} bytes`);
      }
    },
    async cancel() {
      await fetch(uri, { method: "DELETE", headers: { "content-length": "0" } });
    },
  };
}

const askProgress = (uri: string, signal: AbortSignal | undefined): Promise<Progress> =>
  request(uri, signal, new Uint8Array(), { "content-range": "bytes */*" });

async function request(
  uri: string,
  signal: AbortSignal | undefined,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Progress> {
  const limit = AbortSignal.timeout(requestMs);
  const answer = await fetch(uri, {
    method: "PUT",
    body,
    headers,
    redirect: "manual", // 308 means "resume" here
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  });
  if (answer.status === 200 || answer.status === 201) {
    const metadata = (await answer.json()) as FileMetadata;
    return { finished: { metadata, isOurs: "x-goog-hash" in headers } };
  }
  if (answer.status === 308) {
    await answer.body?.cancel();
    const [, last] = /^bytes=0-(\d+)$/.exec(answer.headers.get("range") ?? "") ?? [];
    return { kept: last === undefined ? 0 : Number(last) + 1 };
  }
  const refusal = await refusalOf(answer);
  // Sessions expire after a week. 499 means that the session was cancelled.
  if ([404, 410, 499].includes(answer.status)) throw gone(refusal.message);
  if (answer.status === 400 && "x-goog-hash" in headers) throw contentDamaged(refusal.message);
  throw refusal;
}

async function untilAnswered<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (err) {
      if (!isTransient(err) || tries > fruitlessTriesMax) throw err;
      await wait(firstWaitMs * 2 ** tries, signal);
    }
  }
}

/**
 * Waits for a random time from `ms / 2` to `ms`, so that clients that failed together don't retry
 * together. Rejects with the reason of `signal` if it is aborted.
 */
function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      },
      ms * (0.5 + Math.random() / 2),
    );
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

const gone = (how: string): AppError =>
  new AppError("GONE", "The upload must be restarted.", { cause: new Error(how) });
