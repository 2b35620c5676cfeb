// Calls acestep.cpp's server: starts a job, requests its state, and downloads its result. The server can cancel a job
// between two steps of the model.
import { bytesOf, callForAudio, callForJson, formatOfAnswer, jsonCall } from "../remote/audio-answer.ts";
import { callFar } from "../remote/call.ts";
import { FarError } from "../remote/far-error.ts";
import { poll } from "../remote/poll.ts";
import { audioPartOf } from "./audio-part.ts";
import type { AceStepServer, ServerOptions, TaskState } from "./server.ts";
import type { PieceTask } from "./task.ts";
import { taskFailed } from "./task-failed.ts";
import { isAway } from "./until-done.ts";
import { fileMs, quickMs } from "./waits.ts";

export function cppServer({ base, headers, secrets }: ServerOptions): AceStepServer {
  const job = (id: string, more = "") => `${base}/job?id=${encodeURIComponent(id)}${more}`;
  const quick = { headers, timeoutMs: quickMs, secrets };
  const ask = async (id: string, signal: AbortSignal): Promise<TaskState> => {
    try {
      return stateOf(id, await callForJson(job(id), quick, signal), secrets);
    } catch (err) {
      if (err instanceof FarError && err.status === 404) return { state: "lost" };
      throw err;
    }
  };
  return {
    name: "acestep.cpp",
    async start(task, signal) {
      const fields = fieldsOf(task);
      const sent =
        task.change === undefined
          ? jsonCall(fields, headers)
          : { method: "POST" as const, headers, body: formOf(fields, task.change.source) };
      const { id } = (await callForJson(`${base}/synth`, { ...quick, ...sent }, signal)) as {
        readonly id?: unknown;
      };
      if (typeof id === "string" || typeof id === "number") return String(id);
      throw new FarError(
        "GENERATION_FAILED",
        "The generator started a piece, but did not answer with its id.",
      );
    },
    ask,
    async fetch(result, signal) {
      const answer = await callForAudio(
        job(result, "&result=1"),
        { headers, timeoutMs: fileMs, secrets },
        signal,
      );
      const boundary = /boundary="?([^";]+)/i.exec(answer.headers.get("content-type") ?? "")?.[1];
      const bytes = bytesOf(answer, signal);
      return boundary === undefined
        ? { bytes, format: formatOfAnswer(answer) }
        : { bytes: audioPartOf(bytes, boundary), format: undefined };
    },
    async cancel(id, signal) {
      const answer = await callFar(job(id, "&cancel=1"), { ...quick, method: "POST" }, signal);
      await answer.body?.cancel();
      // The server ends a running job only between two steps, so `cancel` waits until the job has ended.
      const isOver = async () => {
        const task = await ask(id, signal).catch((err: unknown) => {
          signal.throwIfAborted();
          // A busy server, a 5xx status or a missing answer says nothing about the job. The job may still run, so
          // `cancel` asks again. Any other error from the server means that the job has ended.
          if (!(err instanceof FarError) || isAway(err)) return { state: "running" } as const;
          return undefined;
        });
        return task?.state === "running" ? undefined : true;
      };
      await poll(isOver, signal, { firstMs: 200 });
      return "stopped";
    },
    async health(signal) {
      await callForJson(`${base}/health`, quick, signal);
      return { status: "ready", slots: 1, free: undefined, queued: undefined, etaSeconds: undefined };
    },
  };
}

function stateOf(id: string, answer: unknown, secrets: readonly string[]): TaskState {
  const { status, id: named, error } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  if (named !== undefined && String(named) !== id)
    throw new FarError("GENERATION_FAILED", "The generator answered for another piece.");
  if (status === "done") return { state: "done", result: id };
  if (status === "running" || status === "queued") return { state: "running" };
  if (status === "cancelled")
    throw new FarError("GENERATION_FAILED", "The piece was cancelled at the generator.");
  throw taskFailed(error, secrets);
}

function fieldsOf({ prompt, lyrics, durationSeconds, seed, tempo, key, model, change }: PieceTask) {
  return {
    caption: prompt,
    lyrics,
    duration: durationSeconds,
    seed,
    synth_batch_size: 1,
    lm_batch_size: 1,
    use_cot_caption: false,
    output_format: "wav16",
    ...(tempo === undefined ? {} : { bpm: Math.round(tempo) }),
    ...(key === undefined ? {} : { keyscale: key }),
    ...(model === undefined ? {} : { synth_model: model }),
    ...(change === undefined
      ? { task_type: "text2music" }
      : change.repaint === undefined
        ? { task_type: "cover", audio_cover_strength: change.coverStrength }
        : {
            task_type: "repaint",
            repainting_start: change.repaint.start,
            repainting_end: change.repaint.end,
          }),
  };
}

function formOf(fields: unknown, source: Blob): FormData {
  const form = new FormData();
  form.set("request", JSON.stringify(fields));
  form.set("audio", source, "parent.mp3");
  return form;
}
