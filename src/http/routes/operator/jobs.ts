// Serves /v1/jobs, where the operator lists jobs, and retries or drops failed jobs.
import { Hono } from "hono";
import { z } from "zod";
import { AppError, notFound } from "../../../errors.ts";
import {
  countJobs,
  findJobs,
  getJob,
  isQueueName,
  type JobSearchDeps,
  type JobSearch,
  settleJob,
  settleJobs,
} from "../../../jobs/find-jobs.ts";
import { type QueueName, queueNames } from "../../../ports/job-queue/job-queue.ts";
import { faultsOf, type HttpContext, type HttpEnv, readJson, requireOperator } from "../../wire.ts";

const states = ["waiting", "delayed", "active", "completed", "failed"] as const;
const limitMax = 1_000;

const searchFields = {
  queue: z.enum(queueNames).optional(),
  state: z.enum(states).optional(),
  business: z.string().min(1).max(64).optional(),
  requestId: z.string().min(1).max(200).optional(),
  text: z.string().min(1).max(200).optional(),
};
export const searchSchema = z.strictObject({
  ...searchFields,
  limit: z.coerce.number().int().min(1).max(limitMax).default(100),
});
const { state: _, ...settleFields } = searchFields;
/**
 * Selects failed jobs: those that match a search, or all of them with `{"all": true}`. An empty search is accepted by
 * this schema, but refused by the routes, so that nobody selects all jobs by mistake.
 */
export const settleSchema = z.union([z.strictObject({ all: z.literal(true) }), z.strictObject(settleFields)]);

export function jobRoutes(deps: JobSearchDeps) {
  const settle = async (c: HttpContext, action: "retry" | "drop") => {
    const { all, ...search } = (await readJson(c, settleSchema)) as JobSearch & { all?: true };
    if (!all && Object.keys(search).length === 0) {
      throw new AppError("INVALID_PARAMETER", "The request does not select any jobs.", {
        hint: 'Give a queue, a business, a request id or a text; {"all": true} selects every failed job.',
      });
    }
    return c.json({ settled: await settleJobs(deps, action, search) });
  };
  return new Hono<HttpEnv>()
    .use(async (c, next) => {
      requireOperator(c);
      await next();
    })
    .get("/", async (c) => c.json({ items: await findJobs(deps, searchOf(c)) }))
    .get("/counts", async (c) => c.json(await countJobs(deps)))
    .post("/retry", (c) => settle(c, "retry"))
    .post("/drop", (c) => settle(c, "drop"))
    .get("/:queue/:id", async (c) => c.json(await getJob(deps, queueOf(c), c.req.param("id"))))
    .post("/:queue/:id/retry", async (c) => {
      await settleJob(deps, "retry", queueOf(c), c.req.param("id"));
      return c.json(await getJob(deps, queueOf(c), c.req.param("id")));
    })
    .delete("/:queue/:id", async (c) => {
      await settleJob(deps, "drop", queueOf(c), c.req.param("id"));
      return c.body(null, 204);
    });
}

function searchOf(c: HttpContext): JobSearch {
  const search = searchSchema.safeParse(c.req.query());
  if (search.success) return search.data;
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
    faults: search.error.issues.flatMap(faultsOf),
  });
}

function queueOf(c: HttpContext): QueueName {
  const queue = c.req.param("queue") ?? "";
  if (!isQueueName(queue)) throw notFound("queue");
  return queue;
}
