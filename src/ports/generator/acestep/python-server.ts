// Calls ACE-Step's own Python server: starts a task, asks for the state of the task, and downloads the file that the
// task made. The server has no call to cancel a task.
import type { GeneratorHealth } from "../generator.ts";
import { bytesOf, callForAudio, callForJson, formatOfAnswer, jsonCall } from "../remote/audio-answer.ts";
import { FarError } from "../remote/far-error.ts";
import { farErrorOf } from "../remote/far-errors.ts";
import type { AceStepServer, ServerOptions, TaskState } from "./server.ts";
import type { PieceTask } from "./task.ts";
import { taskFailed } from "./task-failed.ts";
import { fileMs, quickMs } from "./waits.ts";

export function pythonServer({ base, headers, secrets }: ServerOptions): AceStepServer {
  const post = (
    path: string,
    sent: Pick<ReturnType<typeof jsonCall>, "method" | "headers" | "body">,
    signal: AbortSignal,
  ) => callForJson(`${base}${path}`, { ...sent, timeoutMs: quickMs, secrets }, signal).then(dataIn);
  return {
    name: "ACE-Step's Python server",
    async start(task, signal) {
      const fields = fieldsOf(task);
      const sent =
        task.change === undefined
          ? jsonCall(fields, headers)
          : { method: "POST" as const, headers, body: formOf(fields, task.change.source) };
      const { task_id: id } = recordOf(await post("/release_task", sent, signal));
      if (typeof id === "string" && id !== "") return id;
      throw new FarError(
        "GENERATION_FAILED",
        "The generator started a piece, but did not answer with its id.",
      );
    },
    ask: async (id, signal) =>
      stateOf(id, await post("/query_result", jsonCall({ task_id_list: [id] }, headers), signal), secrets),
    async fetch(result, signal) {
      const url = fileUrl(base, result);
      const answer = await callForAudio(url, { headers, timeoutMs: fileMs, secrets }, signal);
      return { bytes: bytesOf(answer, signal), format: formatOfAnswer(answer) };
    },
    cancel: async () => "left running",
    health: async (signal) =>
      healthOf(
        dataIn(await callForJson(`${base}/v1/stats`, { headers, timeoutMs: quickMs, secrets }, signal)),
      ),
  };
}

/**
 * Returns the fields of the request that starts a task. By default, the server makes two pieces per task, chooses a
 * random seed and loads a language model. Some of the fields switch off these defaults.
 */
function fieldsOf({ prompt, lyrics, durationSeconds, seed, tempo, key, model, change }: PieceTask) {
  return {
    prompt,
    lyrics,
    audio_duration: durationSeconds,
    batch_size: 1,
    use_random_seed: false,
    seed,
    use_cot_caption: false,
    use_cot_language: false,
    thinking: false,
    audio_format: "wav",
    ...(tempo === undefined ? {} : { bpm: Math.round(tempo) }),
    ...(key === undefined ? {} : { key_scale: key }),
    ...(model === undefined ? {} : { model }),
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

function formOf(fields: Readonly<Record<string, string | number | boolean>>, source: Blob): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value));
  form.set("src_audio", source, "parent.mp3");
  return form;
}

/**
 * Returns the data in the envelope of an answer. Throws if the envelope contains an error or a code other than 200. The
 * HTTP status of such an answer can be 200.
 */
function dataIn(answer: unknown): unknown {
  const { data, code, error } = recordOf(answer);
  if (typeof error !== "string" && (code === undefined || code === 200)) return data;
  const status = typeof code === "number" && code !== 200 ? code : 500;
  throw farErrorOf({ status, headers: new Headers(), body: JSON.stringify({ message: error }) });
}

function stateOf(id: string, data: unknown, secrets: readonly string[]): TaskState {
  const [answer] = Array.isArray(data) ? (data as readonly unknown[]) : [];
  const { task_id, status, result } = recordOf(answer);
  if (task_id !== undefined && task_id !== id)
    throw new FarError("GENERATION_FAILED", "The generator answered for another piece.");
  const [first] = itemsIn(result);
  if (status === 1) {
    const { file } = recordOf(first);
    if (typeof file === "string" && file !== "") return { state: "done", result: file };
    throw new FarError("GENERATION_FAILED", "The generator finished a piece without a file.");
  }
  if (status === 2) throw taskFailed(recordOf(first).error ?? recordOf(answer).progress_text, secrets);
  // The answer with an empty result has two possible meanings: the server doesn't know the task, or the task is running
  // and has no result yet. The state of both is `lost`; see TaskState.
  return { state: first === undefined ? "lost" : "running" };
}

function itemsIn(result: unknown): readonly unknown[] {
  try {
    const items: unknown = typeof result === "string" ? JSON.parse(result) : result;
    return Array.isArray(items) ? items : [];
  } catch {
    // An unreadable result is treated as an empty result.
    return [];
  }
}

/** Returns the address of a file on the same server. Throws GENERATION_FAILED for an address on another server. */
function fileUrl(base: string, file: string): string {
  const path = /^(https?:|\/v1\/audio)/.test(file) ? file : `/v1/audio?path=${encodeURIComponent(file)}`;
  const url = new URL(path, `${base}/`);
  if (url.origin === new URL(base).origin) return url.href;
  throw new FarError("GENERATION_FAILED", "The generator gave the address of a file on another server.", {
    hint: "Its files have to be on the server that RONDO_GENERATOR_URL names.",
  });
}

function healthOf(data: unknown): GeneratorHealth {
  const { jobs, avg_job_seconds: seconds } = recordOf(data);
  const { running, queued } = recordOf(jobs);
  const before = numberOf(running) + numberOf(queued);
  return {
    status: before > 0 ? "busy" : "ready",
    slots: 1,
    free: before > 0 ? 0 : 1,
    queued: numberOf(queued),
    etaSeconds: Math.round(numberOf(seconds) * before),
  };
}

const numberOf = (value: unknown): number => (typeof value === "number" && value > 0 ? value : 0);

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
