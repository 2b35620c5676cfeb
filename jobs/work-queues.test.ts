// Tests which runs of jobs are logged, and at which level.
import { expect, test } from "bun:test";
import type { Job, JobHandler } from "../src/ports/job-queue/job-queue.ts";
import { workQueues } from "./work-queues.ts";

/** Runs a job with this name. Returns the level and the message of each line in the log. */
async function linesOf(name: string, handler: JobHandler): Promise<readonly string[]> {
  const lines: string[] = [];
  const line = (level: string) => (_: object, message: string) => void lines.push(`${level}: ${message}`);
  const log = { debug: line("debug"), info: line("info"), error: line("error") } as never;
  const handles: JobHandler[] = [];
  const work = (_: unknown, handle: JobHandler) => {
    handles.push(handle);
    return { close: async () => {} };
  };
  workQueues({ jobs: { work } as never, handlers: { [name]: handler }, log });
  const job = { name, id: "a-job", businessId: "", data: {}, attempts: 3, attemptsMade: 0 } as unknown as Job;
  await Promise.resolve(handles[0]!(job as never, {} as never)).catch(() => {});
  return lines;
}

const fails = () => Promise.reject(new Error("no"));

test("a run of a scheduled job is logged only at the level debug", async () => {
  expect(await linesOf("generations.sweep", async () => {})).toEqual(["debug: job done"]);
});

test("a run of any other job is logged at the level info", async () => {
  expect(await linesOf("audio.upload", async () => {})).toEqual(["info: job done"]);
});

test("a failed run of any job is logged as an error", async () => {
  expect(await linesOf("generations.sweep", fails)).toEqual(["error: job failed"]);
  expect(await linesOf("audio.upload", fails)).toEqual(["error: job failed"]);
});
