// Follows a generator that stores the chunks itself. At the end, checks that the stream is closed, contains sound, and
// ends with a complete MP3 frame.
import { AppError, notFound } from "../../errors.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { createProgress } from "./generation-progress.ts";
import type { MadeAudio, MakeAudioDeps, MakeAudioInput, Making } from "./making.ts";
import { measureAudio } from "./measure-audio.ts";
import { untilStalled } from "./until-stalled.ts";

/**
 * Does not compare the length of the piece with the wanted length. Errors: GENERATION_FAILED (a check at the end fails,
 * or a chunk comes too late), NOT_FOUND (the stream was deleted), STORAGE_FULL (a disk has too little free space), and
 * the errors of the generator.
 */
export async function followChunks(
  deps: MakeAudioDeps,
  { businessId, claimed }: MakeAudioInput,
  making: Making,
): Promise<MadeAudio> {
  const audio = audioKey(businessId, claimed.versionId);
  const progress = createProgress(deps.database, claimed, making);
  for await (const chunk of untilStalled(making.chunks, making.waits)) {
    deps.room.refuseWhenLow({ share: 0.5 });
    making.outline.add(chunk);
    await progress.add(chunk, { isNew: true });
  }
  const state = await deps.streams.head(audio);
  if (!state) throw notFound("audio");
  if (!state.closed)
    throw new AppError("GENERATION_FAILED", "The generator stopped without marking the end of its audio.");
  const { ms, wholeBytes } = await measureAudio(deps.streams, audio, state.tail);
  if (ms === 0) throw new AppError("GENERATION_FAILED", "The generator made no sound.");
  if (wholeBytes !== state.tail) {
    throw new AppError("GENERATION_FAILED", "The generator's audio ends within an MP3 frame.", {
      details: { bytes: state.tail, wholeBytes },
    });
  }
  return { generatedMs: ms, bytes: state.tail };
}
