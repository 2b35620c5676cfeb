// Checks a job's data. With invalid data the job fails immediately, without another attempt.
import type { z } from "zod";
import { type Job, UnrecoverableError } from "../../src/ports/job-queue/job-queue.ts";

export function jobData<Schema extends z.ZodType>(job: Job, schema: Schema): z.output<Schema> {
  const data = schema.safeParse(job.data);
  if (!data.success) throw new UnrecoverableError(`job ${job.id} has invalid data`);
  return data.data;
}
