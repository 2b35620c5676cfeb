// Stores the chunks of a generator in the version's stream. The stream may already contain the
// first bytes: from an interrupted run, or because the stream is a fork. Then only the missing
// bytes are added.
import { AppError, isAppError } from "../../errors.ts";
import { sequenceOf } from "../../streams/protocol/position-sequence.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { createProgress } from "./generation-progress.ts";
import { createGivingWay } from "./give-way.ts";
import { InterruptedError } from "./interrupted.ts";
import type { MadeAudio, MakeAudioDeps, MakeAudioInput, Making } from "./making.ts";
import { createPace } from "./pace.ts";
import { isStoredAt } from "./stored-bytes.ts";
import { untilStalled } from "./until-stalled.ts";

/**
 * Does not close the stream. The stored audio may differ from the new piece or be longer. Then the result depends on
 * the generator: for a deterministic generator, this function returns "other bytes are stored"; for any other
 * generator, it throws InterruptedError. Other errors:
 * - GENERATION_FAILED: the generator stalls, makes no sound, or makes another length than it had planned.
 * - STREAM_CONFLICT: another worker has appended to the stream meanwhile.
 * - STORAGE_FULL: the disk has too little free space.
 * - GiveWayError: the run has to give way to another generation.
 */
export async function appendChunks(
  deps: MakeAudioDeps,
  input: MakeAudioInput,
  making: Making,
): Promise<MadeAudio | "other bytes are stored"> {
  const { streams, generator } = deps;
  const { claimed, isWanted } = input;
  const { generation, chunks, producer, waits, outline, reportedMs } = making;
  const { plan } = generation;
  const audio = audioKey(input.businessId, claimed.versionId);
  let position = (await streams.head(audio))?.tail ?? 0;
  const progress = createProgress(deps.database, claimed, making);
  const pace = plan.isEndless === true ? createPace() : undefined;
  // A run that has given way is repeated later. The repeated run makes the same audio again, which
  // only a deterministic generator can do. The run of an endless piece never gives way, because
  // making its audio again could take minutes.
  const giveWay =
    isWanted && generator.deterministic && pace === undefined
      ? createGivingWay(isWanted, plan.durationMs)
      : undefined;
  let audioSeq = 0;
  let made = 0;
  let generatedMs = 0;
  for await (const chunk of untilStalled(chunks, waits)) {
    deps.room.refuseWhenLow({ share: 0.5 });
    const known = chunk.bytes.subarray(0, Math.max(0, position - made));
    if (!(await isStoredAt(streams, audio, made, known))) {
      if (generator.deterministic) return "other bytes are stored";
      throw new InterruptedError(reportedMs ?? 0);
    }
    const missing = made + chunk.bytes.length - position;
    if (missing > 0) {
      const bytes =
        missing < chunk.bytes.length ? chunk.bytes.subarray(chunk.bytes.length - missing) : chunk.bytes;
      // Another worker can have written after the check. The sequence ensures that the bytes at
      // this position are stored only one time.
      const appending = streams.append(audio, {
        chunks: [bytes],
        producer: { ...producer, seq: audioSeq++ },
        sequence: sequenceOf(position),
      });
      const appended = await appending.catch((err: unknown) => {
        if (plan.isEndless === true && made > 0 && isAppError(err, "STREAM_CLOSED")) return undefined;
        throw err;
      });
      // The user has ended this endless piece, which closed the stream. The piece is now as long as the stored audio,
      // which can end within this chunk.
      if (appended === undefined) {
        const storedShare = (position - made) / chunk.bytes.length;
        generatedMs = Math.round(chunk.startMs + storedShare * chunk.durationMs);
        made = position;
        break;
      }
      position = appended.state.tail;
    }
    outline.add(chunk);
    made += chunk.bytes.length;
    generatedMs = Math.round(chunk.startMs + chunk.durationMs);
    await progress.add(chunk, { isNew: missing > 0 });
    await giveWay?.(generatedMs);
    if (missing > 0) await pace?.(generatedMs, input.stop.signal);
  }
  // The stored audio is longer than this piece, so an earlier run made another piece.
  if (made < position) {
    if (generator.deterministic) return "other bytes are stored";
    throw new InterruptedError(reportedMs ?? 0);
  }
  if (made === 0) throw new AppError("GENERATION_FAILED", "The generator made no sound.");
  if (plan.plannedBytes !== undefined && position !== plan.plannedBytes) {
    throw new AppError(
      "GENERATION_FAILED",
      "The length of the audio differs from the length that the generator had planned.",
      {
        details: { planned: plan.plannedBytes, made: position },
      },
    );
  }
  return { generatedMs, bytes: position };
}
