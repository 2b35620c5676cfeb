// One resumable upload: content goes up piece by piece, goes on at the byte that the server has, and is an object at its end.
import type { FileMetadata } from "@google-cloud/storage";
import { AppError } from "../../../errors.ts";
import { contentDamaged } from "../checked-content.ts";
import { isTransient, refusalOf } from "./errors.ts";
import { checksumText } from "./facts.ts";

export interface Piece {
  /** Where it begins in the content. */
  readonly start: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the whole content, with its last piece. */
  readonly total?: { readonly bytes: number; readonly crc32c: number };
}

export interface UploadSession {
  /**
   * The object's metadata once its last piece is there. Pieces come in order; of one that the server has, nothing
   * is sent again. Errors: CONTENT_DAMAGED where it did not arrive as it was; UNAVAILABLE, then the same content
   * may go on with the session later; GONE: only from the start, in another one.
   */
  send(piece: Piece, signal: AbortSignal | undefined): Promise<FinishedUpload | undefined>;
  /** Forgets what came so far. */
  cancel(): Promise<void>;
}

export interface FinishedUpload {
  readonly metadata: FileMetadata;
  /** It was our last piece that made the object, not another process with the same session. */
  readonly isOurs: boolean;
}

/** Pieces but the last are multiples of it. */
export const pieceUnitBytes = 256 * 1024;

/** How far the server is: bytes that it keeps, or the finished object. */
type Progress = { readonly kept: number } | { readonly finished: FinishedUpload };

const requestMs = 300_000;
const fruitlessTriesMax = 5;
const firstWaitMs = 50;

/** `uri` is a secret: who has it may write the object. */
export const createSession = (uri: string): UploadSession => sessionAt(uri, { kept: 0 });

/** The one that an earlier process began; undefined where the server knows it no more, or has ended it since. */
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

  /** One request; what it tells is how far the server is now. */
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
        // Before the last piece of ours: another process sent the same content, by the same session.
        if ("finished" in progress) return piece.total && progress.finished;
        const { kept } = progress;
        if (kept < piece.start) throw gone(`the server kept ${kept} bytes, not ${piece.start}`);
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
        if (fruitless > fruitlessTriesMax) throw new Error(`the server keeps no more than ${kept} bytes`);
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
    redirect: "manual", // 308 means "go on" here
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
  // Sessions are forgotten after a week, and 499 says that it was cancelled.
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

/** With jitter, so that those who failed together don't come back together. */
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
  new AppError("GONE", "The upload has to begin anew.", { cause: new Error(how) });
