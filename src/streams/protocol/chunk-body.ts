// Splits the body of an append into chunks. JSON is split into messages. Other content is split into pieces of at most
// 256 KiB.
import { AppError } from "../../errors.ts";
import { isJsonType, splitMessages, type SplitMessages } from "./json-messages.ts";

const pieceBytes = 256 * 1024;
const messagesMax = 10_000;

/** A larger JSON body is split by `splitApart`, on another thread, because splitting takes milliseconds. */
const inlineJsonBytesMax = 256 * 1024;

/**
 * Returns the chunks of a body. An empty body or an empty JSON array has no chunks. Errors for
 * JSON: INVALID_BODY if the body is not valid JSON or is nested too deeply; BODY_TOO_LARGE if the
 * body has more than 10,000 messages.
 */
export async function chunksOf(
  contentType: string,
  body: Uint8Array,
  splitApart?: SplitMessages,
): Promise<readonly Uint8Array[]> {
  if (body.byteLength === 0) return [];
  if (isJsonType(contentType)) {
    return splitApart && body.byteLength > inlineJsonBytesMax
      ? splitApart(body, messagesMax)
      : splitMessages(body, messagesMax);
  }
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < body.byteLength;) {
    const to = borderBefore(body, Math.min(from + pieceBytes, body.byteLength), contentType);
    pieces.push(body.subarray(from, to));
    from = to;
  }
  return pieces;
}

/**
 * Returns the position at which the body is cut. This is usually `end`. If `end` is inside a UTF-8
 * character of a text, the body is cut before this character. A UTF-8 character has at most four
 * bytes.
 */
function borderBefore(body: Uint8Array, end: number, contentType: string): number {
  if (end === body.byteLength || !/^text\//i.test(contentType)) return end;
  let border = end;
  while (border > end - 4 && (body[border]! & 0xc0) === 0x80) border--;
  return border;
}

/**
 * Reads an entire body. Throws BODY_TOO_LARGE as soon as the body exceeds the limit. Throws
 * INVALID_BODY if reading fails, for example because the client disconnects.
 */
export async function readBody(
  body: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await nextPart(reader);
    if (done) break;
    size += value.byteLength;
    if (size > bytesMax) {
      void reader.cancel().catch(() => {});
      throw tooLarge(bytesMax);
    }
    parts.push(value);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

async function nextPart(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch (err) {
    throw new AppError("INVALID_BODY", "The body ended too early.", { hint: "Send it again.", cause: err });
  }
}

export const tooLarge = (bytesMax: number): AppError =>
  new AppError("BODY_TOO_LARGE", `An append takes at most ${bytesMax} bytes.`, {
    hint: "Send it in several appends.",
  });
