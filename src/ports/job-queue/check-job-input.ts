// Checks a job's fields in the same way for all adapters.
import { AppError } from "../../errors.ts";
import type { JobInput } from "./job-queue.ts";

const dataBytesMax = 64 * 1024;
const idPattern = /^(?!\d+$)[^:\0]{1,200}$/;

/** Throws INVALID_PARAMETER if a field of the job is invalid. Returns the job's data as JSON text. */
export function checkJobInput(job: JobInput): string {
  if (!/^[a-z][A-Za-z-]*(\.[a-z][A-Za-z-]*)+$/.test(job.name))
    refuse("name", "does not have the form noun.verb");
  for (const field of ["id", "deduplicationId"] as const) {
    const id = job[field];
    if (id !== undefined && !idPattern.test(id)) {
      refuse(field, 'has to have 1 to 200 characters, without ":", and must not consist of digits only');
    }
  }
  checkWhole(job, "priority", 0, 1_000);
  checkWhole(job, "delayMs", 0, 366 * 86_400_000);
  checkWhole(job, "attempts", 1, 1_000);
  checkWhole(job, "backoffMs", 0, 86_400_000);
  const data = JSON.stringify(job.data);
  if (Buffer.byteLength(data) > dataBytesMax) refuse("data", `is over ${dataBytesMax} bytes`);
  return data;
}

/** Throws INVALID_PARAMETER if `everyMs` is negative or not a whole number. */
export function checkEveryMs(everyMs: number): void {
  if (Number.isSafeInteger(everyMs) && everyMs >= 0) return;
  throw new AppError("INVALID_PARAMETER", "A schedule's everyMs must be a whole number, 0 or more.");
}

function checkWhole(
  job: JobInput,
  field: "priority" | "delayMs" | "attempts" | "backoffMs",
  least: number,
  most: number,
): void {
  const value = job[field];
  if (value === undefined) return;
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    refuse(field, `is not a whole number from ${least} to ${most}`);
  }
}

function refuse(field: string, why: string): never {
  throw new AppError("INVALID_PARAMETER", `The job's ${field} ${why}.`);
}
