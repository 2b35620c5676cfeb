// Runs the tasks of a stand-in for ACE-Step, and lists the faults that the stand-in can have.
import { type FarReply, type FarRequest, jsonReply } from "./far-side.ts";
import { type Sound, type SoundFault, soundReply } from "./sound-replies.ts";

const taskFaults = [
  "the task fails",
  "restarts and forgets its tasks",
  "unknown task",
  "answers with the id of another piece",
  "never done",
  "ignores cancel",
  "fails after cancel",
  "the file is gone",
  "the file is elsewhere",
  "the queue is full twice",
  "the queue is full",
  "dies while it is asked",
  "the start's answer is lost",
] as const;

type TaskFault = (typeof taskFaults)[number];
export type AceStepFault = TaskFault | SoundFault;

interface Task {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The size in bytes of the sound that was sent with the request. */
  readonly sourceBytes: number;
  /** The number of calls of `ask` for this task. */
  asked: number;
  isCancelled: boolean;
}

export interface Tasks {
  readonly all: readonly Task[];
  /**
   * Starts a task and returns it. Some faults change this. With one of `startFaults` or with a full queue, no task is
   * started, and the result is the reply that the fault sends. With the fault "the start's answer is lost", the task is
   * started, and then this method throws.
   */
  start(request: FarRequest): Promise<Task | FarReply>;
  /**
   * Returns the state of the task, or "unknown" if there is no such task. Without a fault, a task
   * is running at the first call and done from the second call on. With the fault "dies while it is
   * asked", this method throws.
   */
  ask(id: string): FarReply | "unknown" | "running" | "failed" | "cancelled" | "done";
  /** Returns false if there is no such task. */
  cancel(id: string): boolean;
  file(request: FarRequest): FarReply | Promise<FarReply>;
  /** The number of running tasks. */
  readonly running: number;
  /** Lets tasks complete even if a fault would make them run forever. */
  release(): void;
}

/**
 * The faults of sound-replies.ts that happen when a task is started. The other faults of
 * sound-replies.ts happen when the file is sent.
 */
const startFaults: readonly string[] = [
  "500",
  "key refused",
  "plan doesn't allow it",
  "out of quota",
  "prompt refused",
];

export function createTasks(sound: Sound, fault: AceStepFault): Tasks {
  const all: Task[] = [];
  let starts = 0;
  let files = 0;
  const ignoresCancel = fault === "ignores cancel" || fault === "fails after cancel";
  let isEndless = fault === "never done" || ignoresCancel;
  const find = (id: string) => all.find((task) => task.id === id);
  const isOver = (task: Task): boolean =>
    (task.isCancelled && !ignoresCancel) || (task.asked >= 2 && !isEndless);
  return {
    all,
    get running() {
      return all.filter((task) => !isOver(task)).length;
    },
    async start(request) {
      starts++;
      if (startFaults.includes(fault)) return soundReply(fault as SoundFault, sound, request, 0);
      if (fault === "the queue is full" || (fault === "the queue is full twice" && starts < 3))
        return jsonReply({ detail: "Server busy: queue is full" }, 429, { "retry-after": "0.05" });
      const task = {
        id: `task-${all.length + 1}`,
        ...(await fieldsIn(request)),
        asked: 0,
        isCancelled: false,
      };
      all.push(task);
      if (fault === "the start's answer is lost") throw new Error("cut");
      return task;
    },
    ask(id) {
      const task = find(id);
      if (task === undefined) return "unknown";
      task.asked++;
      if (fault === "unknown task" || (fault === "restarts and forgets its tasks" && task.asked > 1))
        return "unknown";
      if (fault === "dies while it is asked") throw new Error("cut");
      if (task.isCancelled && fault === "fails after cancel") return jsonReply({ detail: "Overloaded" }, 500);
      if (task.isCancelled && !ignoresCancel) return "cancelled";
      if (task.asked < 2 || isEndless) return "running";
      return fault === "the task fails" ? "failed" : "done";
    },
    cancel(id) {
      const task = find(id);
      if (task) task.isCancelled = true;
      return task !== undefined;
    },
    release() {
      isEndless = false;
    },
    file(request) {
      if (fault === "the file is gone") return jsonReply({ detail: "Not Found" }, 404);
      return soundReply(isSoundFault(fault) ? fault : "none", sound, request, files++);
    },
  };
}

const isSoundFault = (fault: AceStepFault): fault is SoundFault => !taskFaults.includes(fault as TaskFault);

async function fieldsIn({ headers, body }: FarRequest): Promise<Pick<Task, "fields" | "sourceBytes">> {
  const type = headers.get("content-type") ?? "";
  if (!type.startsWith("multipart/")) return { fields: JSON.parse(body.toString("utf8")), sourceBytes: 0 };
  const form = await new Response(body, { headers: { "content-type": type } }).formData();
  const entries = [...form];
  const files = entries.map(([, value]) => value).filter((value) => typeof value !== "string");
  const texts = Object.fromEntries(entries.filter(([, value]) => typeof value === "string"));
  const fields = typeof texts.request === "string" ? JSON.parse(texts.request) : texts;
  return { fields, sourceBytes: files.reduce((sum, file) => sum + (file as File).size, 0) };
}
