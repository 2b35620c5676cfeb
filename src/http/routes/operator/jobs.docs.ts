// Describes the job routes in the OpenAPI document.
import { queueNames } from "../../../ports/job-queue/job-queue.ts";
import type { JsonObject } from "../../../queries/spec/json-reader.ts";
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, listOf, object, oneOf, sentAs, whole } from "../../openapi/schema.ts";
import { searchSchema, settleSchema } from "./jobs.ts";

const jobs = { tag: "Jobs", user: "operator" } as const;
const oneJob = { ...jobs, path: "/v1/jobs/{queue}/{id}", inPath: { queue: oneOf(...queueNames) } } as const;

const settled = json("The number of jobs that were retried or dropped.", object({ settled: whole }));
const searchQuery = sentAs(searchSchema).properties as Record<string, JsonObject>;

export const jobDocs: readonly DocumentedRoute[] = [
  {
    ...jobs,
    method: "get",
    path: "/v1/jobs",
    summary: "Finds jobs, newest first.",
    inQuery: {
      ...searchQuery,
      business: about(searchQuery.business!, "The slug or the id of a business."),
      requestId: about(
        searchQuery.requestId!,
        "The id of a generation, or any id in the job's data. It can't be combined with the parameter `text`.",
      ),
      text: about(searchQuery.text!, "A part of the job's name, data or error."),
      limit: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
    },
    answers: { 200: json("The jobs.", object({ items: listOf(ref("Job")) })) },
    errors: ["NOT_FOUND"],
  },
  {
    ...jobs,
    method: "get",
    path: "/v1/jobs/counts",
    summary: "Counts the jobs in each queue and state.",
    answers: { 200: json("The counts.", ref("JobCounts")) },
  },
  {
    ...jobs,
    method: "post",
    path: "/v1/jobs/retry",
    summary: "Retries the failed jobs that match a search, or all failed jobs.",
    body: { schema: sentAs(settleSchema) },
    answers: { 200: settled },
    errors: ["NOT_FOUND"],
  },
  {
    ...jobs,
    method: "post",
    path: "/v1/jobs/drop",
    summary: "Drops the failed jobs that match a search, or all failed jobs, for good.",
    body: { schema: sentAs(settleSchema) },
    answers: { 200: settled },
    errors: ["NOT_FOUND"],
  },
  { ...oneJob, method: "get", summary: "Returns one job.", answers: { 200: json("The job.", ref("Job")) } },
  {
    ...oneJob,
    method: "post",
    path: "/v1/jobs/{queue}/{id}/retry",
    summary: "Retries a failed job.",
    answers: { 200: json("The job.", ref("Job")) },
    errors: ["CONFLICT"],
  },
  {
    ...oneJob,
    method: "delete",
    summary: "Drops a failed job for good.",
    answers: { 204: { says: "The job is dropped." } },
    errors: ["CONFLICT"],
  },
];
