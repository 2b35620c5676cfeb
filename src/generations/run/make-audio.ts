// Runs the generator for a generation that this worker has claimed. Stores the chunks that the generator returns, or
// follows the stream if the generator stores its chunks itself.
import { flushOutbox } from "../../businesses/outbox/outbox.ts";
import { AppError } from "../../errors.ts";
import { promiseUpload } from "../../jobs/upload-job.ts";
import type { GeneratedChunk, GenerationRequest } from "../../ports/generator/generator.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { appendChunks } from "./append-chunks.ts";
import { createGenerationStreams } from "../create-streams.ts";
import { followChunks } from "./follow-chunks.ts";
import { appendEvent, eventsProducerId, type GenerationEvent } from "../generation-events.ts";
import { saveCompletion, savePlan } from "../generation-record.ts";
import { generationRequestOf } from "./generation-request.ts";
import { noteAsked } from "./generator-calls.ts";
import { InterruptedError } from "./interrupted.ts";
import { createLoudnessOutline } from "./loudness-outline.ts";
import type { MadeAudio, MakeAudioDeps, MakeAudioInput, Making } from "./making.ts";
import { promiseEnded } from "../promise-ended.ts";
import { measureAudio } from "./measure-audio.ts";
import { lastReportedMs } from "./resume-point.ts";
import { watchForLoss } from "./watch-for-loss.ts";

/**
 * Returns "complete" after the streams are closed and the completion is saved.
 *
 * When a run continues an interrupted run, the generator can make bytes that differ from the stored bytes. If the
 * generator is deterministic, this function then returns "other bytes are stored", and the caller has to delete the
 * audio stream and run the generation again. If the generator is not deterministic, this function throws
 * InterruptedError. It also throws InterruptedError if the generator must not be called a second time (see
 * `refuseSecondStart`).
 *
 * At the deadline of the request, `stop` is aborted with GENERATION_FAILED. Each error of the generator or of a store
 * is thrown unchanged.
 */
export async function makeAudio(
  deps: MakeAudioDeps,
  input: MakeAudioInput,
): Promise<"complete" | "other bytes are stored"> {
  const { streams, database, generator } = deps;
  const { businessId, claimed, stop } = input;
  const requestId = claimed.id;
  const audio = audioKey(businessId, claimed.versionId);
  await createGenerationStreams(streams, businessId, { requestId, versionId: claimed.versionId });
  await refuseSecondStart(deps, input);
  const request = await generationRequestOf(claimed, input, deps.audioUrlOf);

  if (generator.health !== undefined) watchForLoss(deps, claimed, audio, stop);
  const late = stopAtDeadline(request, stop);
  try {
    const generation = await generator.start({ ...request, onEarlyAbort: input.onFarEnd }, stop.signal);
    const { plan } = generation;
    if (generation.stopped !== undefined) input.onFarEnd(generation.stopped);

    // The audio stream and the events stream each have their own sequence numbers, which begin at 0. They begin at 0
    // again when another worker takes over, because that worker has a higher epoch.
    const producer = { id: eventsProducerId, epoch: claimed.epoch };
    let eventSeq = 0;
    const tell = (event: GenerationEvent, close = false) =>
      appendEvent(streams, businessId, requestId, event, {
        producer: { ...producer, seq: eventSeq++ },
        close,
      });
    const reportedMs = await lastReportedMs(streams, businessId, requestId);
    await savePlan(database, claimed, plan, generation.madeBy ?? generator.name);
    if (reportedMs === undefined) {
      await tell({
        type: "started",
        at: new Date().toISOString(),
        title: plan.title,
        plannedMs: plan.isEndless === true ? null : plan.durationMs,
        plannedBytes: plan.plannedBytes ?? null,
        ...plan.description,
      });
    }
    const outline = createLoudnessOutline();
    // The adapter of a generator on another machine enforces these time limits, too, and its errors are more precise.
    // So this code waits a second longer.
    const graceMs = generator.health === undefined ? 0 : 1_000;
    const waits = {
      firstMs: (deps.firstChunkMs ?? 180_000) + graceMs,
      stallMs: (deps.stallMs ?? 60_000) + graceMs,
    };
    const chunks = heldOpen(generation.chunks, stop.signal);
    const making: Making = { generation, chunks, producer, waits, outline, reportedMs, tell };
    const made =
      generation.isStored === true
        ? await followChunks(deps, input, making)
        : await appendChunks(deps, input, making);
    if (made === "other bytes are stored") return made;
    await complete(deps, input, making, made);
    return "complete";
  } finally {
    clearTimeout(late);
  }
}

/**
 * Wraps `chunks`, so that a `for await` loop over the chunks can end early without stopping the generator. The returned
 * iterator has no `return`, which the end of the loop would call. Only the signal stops the generator.
 */
function heldOpen(chunks: AsyncIterable<GeneratedChunk>, signal: AbortSignal): AsyncIterable<GeneratedChunk> {
  const iterator = chunks[Symbol.asyncIterator]();
  const end = (): void => void iterator.return?.().then(undefined, () => undefined);
  signal.addEventListener("abort", end, { once: true });
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}

async function complete(
  deps: MakeAudioDeps,
  { businessId, claimed }: MakeAudioInput,
  { outline, tell }: Making,
  { generatedMs, bytes }: MadeAudio,
): Promise<void> {
  await deps.streams.append(audioKey(businessId, claimed.versionId), { chunks: [], close: true });
  const completed = { generatedMs, audioBytes: bytes, peaks: outline.toBase64(generatedMs) };
  await saveCompletion(deps.database, claimed, completed, async (trx) => {
    await promiseEnded(trx, businessId, claimed.id);
    if (deps.objects)
      await promiseUpload(trx, { businessId, versionId: claimed.versionId, requestId: claimed.id });
  });
  await tell({ type: "complete", at: new Date().toISOString(), generatedMs }, true);
  if (deps.objects) await flushOutbox(deps.database, deps.jobs);
}

/**
 * If the generator runs on another machine or is not deterministic, notes the call of the generator
 * in the database. If the generator is neither deterministic nor able to resume, throws
 * InterruptedError in two cases: an earlier run has already called the generator, or audio is
 * already stored. A second call would make another piece, and could cost as much again.
 */
async function refuseSecondStart(
  deps: MakeAudioDeps,
  { businessId, claimed }: MakeAudioInput,
): Promise<void> {
  const { generator, streams, database } = deps;
  if (generator.deterministic && generator.health === undefined) return;
  const isFirst = await noteAsked(database, claimed);
  if (generator.deterministic || generator.canResume) return;
  const audio = audioKey(businessId, claimed.versionId);
  const tail = (await streams.head(audio))?.tail ?? 0;
  if (isFirst && tail === 0) return;
  const { ms } = await measureAudio(streams, audio, tail);
  throw new InterruptedError(ms || ((await lastReportedMs(streams, businessId, claimed.id)) ?? 0));
}

/** The longest possible delay of a timer. */
const timerMsMax = 2 ** 31 - 1;

function stopAtDeadline({ deadline }: GenerationRequest, stop: AbortController): Timer | undefined {
  if (deadline === undefined) return undefined;
  const leftMs = Math.min(timerMsMax, Math.max(0, deadline.getTime() - Date.now()));
  const late = () =>
    new AppError(
      "GENERATION_FAILED",
      `The generator wasn't done after ${Math.round(leftMs / 60_000)} minutes.`,
    );
  return setTimeout(() => stop.abort(late()), leftMs);
}

type Timer = ReturnType<typeof setTimeout>;
