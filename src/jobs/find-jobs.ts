// Finds jobs for an operator: by queue, state, business, request or any text.
import type { BusinessRegistry } from "../businesses/registry.ts";
import { AppError, notFound } from "../errors.ts";
import {
  type Job,
  type JobCounts,
  type JobFilter,
  type JobQueue,
  type JobState,
  type QueueName,
  queueNames,
} from "../ports/job-queue/job-queue.ts";

export interface JobSearchDeps {
  readonly jobs: JobQueue;
  readonly registry: BusinessRegistry;
}

export interface JobSearch {
  readonly queue?: QueueName | undefined;
  readonly state?: JobState | undefined;
  /** The slug or the id of a business. */
  readonly business?: string | undefined;
  /** The id of a generation, or any other id in the job's data. */
  readonly requestId?: string | undefined;
  readonly text?: string | undefined;
  /** Default: 100 jobs for `findJobs`, and no limit for `settleJobs`. */
  readonly limit?: number | undefined;
}

export interface JobView extends Omit<Job, "createdAtMs" | "runAtMs" | "startedAtMs" | "finishedAtMs"> {
  readonly createdAt: string;
  readonly runAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/**
 * Finds jobs, newest first. Errors: NOT_FOUND for an unknown business, INVALID_PARAMETER if the search has both a
 * `requestId` and a `text`.
 */
export async function findJobs(deps: JobSearchDeps, search: JobSearch): Promise<readonly JobView[]> {
  return (await deps.jobs.list(await filterOf(deps, search))).map(jobView);
}

/** Returns one job. Throws NOT_FOUND if the job is missing. */
export async function getJob(deps: JobSearchDeps, queue: QueueName, id: string): Promise<JobView> {
  const [job] = await deps.jobs.list({ queue, id, limit: 1 });
  if (!job) throw notFound("job");
  return jobView(job);
}

/**
 * Retries or drops one failed job. Throws NOT_FOUND if the job is missing, and CONFLICT if the job has not failed. Also
 * throws CONFLICT for a retry if another job with the same deduplication id is waiting or running.
 */
export async function settleJob(
  deps: JobSearchDeps,
  action: "retry" | "drop",
  queue: QueueName,
  id: string,
): Promise<void> {
  const job = await getJob(deps, queue, id);
  if ((await deps.jobs.settle(action, { queue, id })) > 0) return;
  if (job.state === "failed")
    throw new AppError("CONFLICT", "Another job with the same deduplication id is waiting or running.", {
      hint: "Retry this job after the other job has ended.",
    });
  throw new AppError("CONFLICT", `This job is ${job.state}, not failed.`, {
    hint: "Only failed jobs can be retried or dropped.",
  });
}

/**
 * Retries or drops the failed jobs that the search finds, and returns the number of changed jobs. If `search.state` is
 * another state than "failed", changes nothing. Throws the same errors as `findJobs`.
 */
export async function settleJobs(
  deps: JobSearchDeps,
  action: "retry" | "drop",
  search: JobSearch,
): Promise<number> {
  return deps.jobs.settle(action, await filterOf(deps, search));
}

/** Counts the jobs by queue and state. */
export const countJobs = (deps: JobSearchDeps): Promise<JobCounts> => deps.jobs.counts();

export const isQueueName = (name: string): name is QueueName =>
  (queueNames as readonly string[]).includes(name);

async function filterOf({ registry }: JobSearchDeps, search: JobSearch): Promise<JobFilter> {
  const { queue, state, requestId, limit } = search;
  const businessId =
    search.business === undefined ? undefined : await idOfBusiness(registry, search.business);
  const text = textOf(search.text, requestId);
  return {
    ...(queue === undefined ? {} : { queue }),
    ...(state === undefined ? {} : { state }),
    ...(businessId === undefined ? {} : { businessId }),
    ...(text === undefined ? {} : { text }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/**
 * Returns the text to search for. An id is searched like any other text, because ids are unique.
 */
function textOf(text: string | undefined, requestId: string | undefined): string | undefined {
  if (requestId === undefined || text === undefined) return requestId ?? text;
  throw new AppError("INVALID_PARAMETER", "Search by a request id or by a text, not by both.");
}

/** Finds a business by its slug or id, even a suspended business. */
async function idOfBusiness(registry: BusinessRegistry, name: string): Promise<string> {
  const known = (await registry.findBySlug(name)) ?? (await registry.findById(name));
  const business = known ?? (await registry.list()).find(({ id, slug }) => id === name || slug === name);
  if (!business) throw notFound("business");
  return business.id;
}

const jobView = ({ createdAtMs, runAtMs, startedAtMs, finishedAtMs, ...job }: Job): JobView => ({
  ...job,
  createdAt: instant(createdAtMs),
  runAt: instant(runAtMs),
  startedAt: startedAtMs === undefined ? null : instant(startedAtMs),
  finishedAt: finishedAtMs === undefined ? null : instant(finishedAtMs),
});

const instant = (ms: number): string => new Date(ms).toISOString();
