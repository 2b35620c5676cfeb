// Finding jobs as somebody who looks for trouble asks: by queue, state, business, request and any text.
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
  /** A business's slug or id. */
  readonly business?: string | undefined;
  /** Of a generation, or of a request that named another thing: any id in the job's data. */
  readonly requestId?: string | undefined;
  readonly text?: string | undefined;
  readonly limit?: number | undefined;
}

export interface JobView extends Omit<Job, "createdAtMs" | "runAtMs" | "startedAtMs" | "finishedAtMs"> {
  readonly createdAt: string;
  readonly runAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** Newest first. A business that is unknown: NOT_FOUND. */
export async function findJobs(deps: JobSearchDeps, search: JobSearch): Promise<readonly JobView[]> {
  return (await deps.jobs.list(await filterOf(deps, search))).map(jobView);
}

/** Missing: NOT_FOUND. */
export async function getJob(deps: JobSearchDeps, queue: QueueName, id: string): Promise<JobView> {
  const [job] = await deps.jobs.list({ queue, id, limit: 1 });
  if (!job) throw notFound("job");
  return jobView(job);
}

/** One failed job. Missing: NOT_FOUND; one that has not failed: CONFLICT. */
export async function settleJob(
  deps: JobSearchDeps,
  action: "retry" | "drop",
  queue: QueueName,
  id: string,
): Promise<void> {
  const job = await getJob(deps, queue, id);
  if ((await deps.jobs.settle(action, { queue, id })) > 0) return;
  throw new AppError("CONFLICT", `This job is ${job.state}, not failed.`, {
    hint: "Only failed jobs can be tried again or dropped.",
  });
}

/** Every failed job of the search; gives how many. */
export async function settleJobs(
  deps: JobSearchDeps,
  action: "retry" | "drop",
  search: JobSearch,
): Promise<number> {
  return deps.jobs.settle(action, await filterOf(deps, search));
}

/** The queues that have anything, or all. */
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

/** An id is unlike any other text, so it is found by it. */
function textOf(text: string | undefined, requestId: string | undefined): string | undefined {
  if (requestId === undefined || text === undefined) return requestId ?? text;
  throw new AppError("INVALID_PARAMETER", "Search by a request or by a text, not by both.");
}

/** By slug or id; a suspended one, too. */
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
