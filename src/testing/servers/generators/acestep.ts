// Starts a stand-in for one of the two servers that run ACE-Step: the Python server or acestep.cpp. Each stand-in
// follows the published API of the server that it replaces.
import { type AceStepFault, createTasks, type Tasks } from "./acestep-tasks.ts";
import { type FarReply, type FarRequest, type FarSide, jsonReply, startFarSide } from "./far-side.ts";
import type { Sound } from "./sound-replies.ts";

export type AceStepDialect = "python" | "cpp";

export interface AceStepStandIn extends FarSide {
  readonly tasks: Tasks;
}

export async function startAceStep(
  dialect: AceStepDialect,
  sound: Sound,
  fault: AceStepFault = "none",
): Promise<AceStepStandIn> {
  const tasks = createTasks(sound, fault);
  const reply = dialect === "python" ? pythonReply : cppReply;
  const side = await startFarSide((request) => reply(request, tasks, fault));
  return {
    url: side.url,
    requests: side.requests,
    tasks,
    get open() {
      return side.open;
    },
    [Symbol.asyncDispose]: () => side[Symbol.asyncDispose](),
  };
}

const wrapped = (data: unknown): FarReply =>
  jsonReply({ data, code: 200, error: null, timestamp: 1, extra: null });
const isReply = (value: object): value is FarReply => !("asked" in value);
const notFound = (): FarReply => jsonReply({ detail: "Not Found" }, 404);

async function pythonReply(request: FarRequest, tasks: Tasks, fault: AceStepFault): Promise<FarReply> {
  const path = request.path.split("?")[0];
  switch (path) {
    case "/health":
      return wrapped({ status: "ok" });
    case "/v1/stats":
      return wrapped({
        jobs: {
          total: tasks.all.length,
          queued: Math.max(0, tasks.running - 1),
          running: Math.min(1, tasks.running),
        },
        avg_job_seconds: 12,
      });
    case "/release_task": {
      const started = await tasks.start(request);
      return isReply(started)
        ? started
        : wrapped({ task_id: started.id, status: "queued", queue_position: 1 });
    }
    case "/query_result": {
      const { task_id_list: ids } = JSON.parse(request.body.toString("utf8")) as {
        readonly task_id_list: string[];
      };
      return wrapped(ids.map((id) => pythonState(id, tasks, fault)));
    }
    case "/v1/audio":
      return tasks.file(request);
    default:
      return notFound();
  }
}

function pythonState(id: string, tasks: Tasks, fault: AceStepFault) {
  const named = fault === "answers with the id of another piece" ? "task-of-another" : id;
  const file =
    fault === "the file is elsewhere"
      ? "http://127.0.0.1:9/v1/audio?path=x"
      : "/v1/audio?path=%2Ftmp%2Fa.wav";
  switch (tasks.ask(id)) {
    case "running":
      return {
        task_id: named,
        status: 0,
        result: JSON.stringify([{ status: 0, progress: 0.5, stage: "dit" }]),
      };
    case "done":
      return {
        task_id: named,
        status: 1,
        result: JSON.stringify([{ file, status: 1, metas: { bpm: "N/A" } }]),
      };
    case "failed":
      return {
        task_id: named,
        status: 2,
        result: JSON.stringify([
          { status: 2, error: "Traceback (most recent call last):\nCUDA out of memory" },
        ]),
      };
    default:
      return { task_id: named, status: 0, result: "[]" };
  }
}

async function cppReply(request: FarRequest, tasks: Tasks, fault: AceStepFault): Promise<FarReply> {
  const url = new URL(request.path, "http://far.side");
  const id = url.searchParams.get("id") ?? "";
  if (url.pathname === "/props") return jsonReply({ models: { synth: ["acestep-v15-turbo"] } });
  if (url.pathname === "/health") return jsonReply({ status: "ok" });
  if (url.pathname === "/synth") {
    const started = await tasks.start(request);
    return isReply(started) ? started : jsonReply({ id: started.id });
  }
  if (url.pathname !== "/job") return notFound();
  if (url.searchParams.has("cancel")) return tasks.cancel(id) ? jsonReply({ ok: true }) : notFound();
  if (url.searchParams.has("result")) return mixed(await tasks.file(request));
  const state = tasks.ask(id);
  if (typeof state !== "string") return state;
  if (state === "unknown") return jsonReply({ error: "job not found" }, 404);
  return jsonReply({
    status: state,
    ...(fault === "answers with the id of another piece" ? { id: "another" } : {}),
    ...(state === "failed" ? { error: "CUDA out of memory" } : {}),
  });
}

const boundary = "ace-batch-boundary";

/**
 * Returns a multipart/mixed reply with two parts: the sound of `reply`, and a part that isn't sound. If `reply` has no
 * sound, returns `reply` itself.
 */
function mixed(reply: FarReply): FarReply {
  const type = reply.headers?.["content-type"] ?? "";
  if ((reply.status ?? 200) !== 200 || !type.startsWith("audio/") || reply.body === "") return reply;
  return {
    headers: { "content-type": `multipart/mixed; boundary=${boundary}` },
    body: parts(reply.body ?? "", type),
  };
}

async function* parts(
  body: NonNullable<FarReply["body"]>,
  type: string,
): AsyncGenerator<Uint8Array, void, void> {
  yield Buffer.from(`--${boundary}\r\nContent-Type: ${type}\r\nX-Seed: 7\r\n\r\n`);
  if (typeof body === "string") yield Buffer.from(body);
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
  yield Buffer.from(
    `\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\n\r\nlatents\r\n--${boundary}--\r\n`,
  );
}
