// A job's data, checked: one that nobody can do is failed at once instead of tried again.
import type { z } from "zod";
import { type Job, UnrecoverableError } from "../../src/ports/job-queue/job-queue.ts";

export function jobData<Schema extends z.ZodType>(job: Job, schema: Schema): z.output<Schema> {
  const data = schema.safeParse(job.data);
  if (!data.success) throw new UnrecoverableError(`job ${job.id} has no usable data`);
  return data.data;
}
