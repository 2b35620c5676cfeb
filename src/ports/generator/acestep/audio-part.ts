// Finds the first audio part in a multipart/mixed response while the response arrives (RFC 2046, 5.1).
import { FarError } from "../remote/far-error.ts";

const headBytesMax = 64 * 1024;

/**
 * Yields the bytes of the first audio part. After this part, the source is not read further. Throws
 * GENERATION_FAILED if the source ends inside this part, contains no audio part, or has a part
 * whose headers do not end within 64 KiB. If the source throws an error, this throws the same
 * error.
 */
export async function* audioPartOf(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Uint8Array, void, void> {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The search expects a line break before each delimiter. A delimiter at the very beginning of the
  // response has none, so a line break is added here.
  let held = Buffer.from("\r\n");
  let where: "before" | "head" | "sound" | "other" = "before";
  for await (const bytes of source) {
    held = Buffer.concat([held, bytes]);
    for (let isMoving = true; isMoving;) {
      isMoving = false;
      if (where === "head") {
        const end = held.indexOf("\r\n\r\n");
        if (end < 0 && held.length > headBytesMax) throw withoutSound();
        if (end < 0) break;
        where = /content-type:\s*audio\//i.test(held.toString("latin1", 0, end)) ? "sound" : "other";
        held = held.subarray(end + 4);
        isMoving = true;
        continue;
      }
      const end = held.indexOf(delimiter);
      if (end >= 0) {
        if (where === "sound") {
          yield held.subarray(0, end);
          return;
        }
        held = held.subarray(end + delimiter.length);
        where = "head";
        isMoving = true;
        continue;
      }
      const certain = Math.max(0, held.length - delimiter.length);
      if (where === "sound" && certain > 0) yield held.subarray(0, certain);
      held = held.subarray(certain);
    }
  }
  if (where === "sound")
    throw new FarError("GENERATION_FAILED", "The generator's answer ended inside the audio.");
  throw withoutSound();
}

const withoutSound = (): FarError =>
  new FarError("GENERATION_FAILED", "The generator answered without audio.");
