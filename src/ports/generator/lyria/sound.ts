// Joins the audio of several sessions to one piece. The audio of each new session is cross-faded with the end of the
// previous session's audio.
import { FarError } from "../remote/far-error.ts";
import { whileBusy } from "../remote/poll.ts";
import { bytesPerFrame, bytesPerSecond } from "./messages.ts";
import { type LyriaSession, openSession, type SessionOptions } from "./session.ts";

export interface SoundOptions extends SessionOptions {
  /** As long as the generator is busy, the start of a session is tried again for at most this time, in milliseconds. */
  readonly limitMs: number;
  readonly fadeSeconds?: number;
}

/**
 * If this many sessions in a row do not make the piece longer, the piece fails. The first audio of a session is mixed
 * with the end of the previous session. So a session makes the piece longer only if it sends more audio than is mixed.
 */
const emptySessionsMax = 3;

/**
 * Yields PCM in the format of `messages.ts`. The newest `fadeSeconds` of audio are held back, so that the next session
 * can be cross-faded with them. If the piece fails, yields the held audio and then throws the error. After an abort,
 * throws without yielding the held audio.
 */
export async function* soundOf(
  options: SoundOptions,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  const { neededBytes, limitMs, fadeSeconds = 1 } = options;
  const fadeBytes = fadeSeconds * bytesPerSecond;
  let held: Buffer = Buffer.alloc(0);
  let given = 0;
  let empty = 0;
  let session: LyriaSession | undefined;
  try {
    while (given + held.length < neededBytes) {
      const missing = neededBytes - given - held.length + (given > 0 ? fadeBytes : 0);
      const open = () => openSession({ ...options, neededBytes: missing }, signal);
      session = await whileBusy(open, { limitMs }, signal);
      const before = given + held.length;
      let fresh: Buffer = Buffer.alloc(0);
      let isFaded = held.length === 0;
      for (let part = await session.read(); part !== undefined; part = await session.read()) {
        fresh = Buffer.concat([fresh, part]);
        if (!isFaded) {
          if (fresh.length < held.length) continue;
          fresh = Buffer.concat([
            crossFade(held, fresh.subarray(0, held.length)),
            fresh.subarray(held.length),
          ]);
          isFaded = true;
        }
        held = fresh;
        const certain = Math.max(0, held.length - fadeBytes) & ~(bytesPerFrame - 1);
        if (certain > 0) yield held.subarray(0, certain);
        given += certain;
        held = held.subarray(certain);
        fresh = held;
      }
      session.close();
      // An incomplete frame at the end is dropped.
      held = held.subarray(0, held.length & ~(bytesPerFrame - 1));
      empty = given + held.length > before ? 0 : empty + 1;
      if (empty >= emptySessionsMax) throw givenUp();
    }
  } catch (err) {
    if (!signal.aborted && held.length > 0) yield held.subarray(0, held.length & ~(bytesPerFrame - 1));
    throw err;
  } finally {
    session?.close();
  }
  if (held.length > 0) yield held;
}

const givenUp = (): FarError =>
  new FarError(
    "GENERATION_FAILED",
    "The generator ends each session before it has sent enough audio to continue the piece.",
    {
      hint: "Start the piece again.",
    },
  );

/**
 * Cross-fades two sounds of the same length with equal power: during the fade, two unrelated sounds of the same
 * loudness together keep this loudness.
 */
function crossFade(from: Buffer, to: Buffer): Buffer {
  const mixed = Buffer.alloc(from.length);
  const frames = from.length / bytesPerFrame;
  for (let frame = 0; frame < frames; frame++) {
    const angle = ((frame + 0.5) / frames) * (Math.PI / 2);
    for (let at = frame * bytesPerFrame; at < (frame + 1) * bytesPerFrame; at += 2) {
      const sum = from.readInt16LE(at) * Math.cos(angle) + to.readInt16LE(at) * Math.sin(angle);
      mixed.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round(sum))), at);
    }
  }
  return mixed;
}
