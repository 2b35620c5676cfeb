// Describes the job routes in the OpenAPI document.
import { queueNames } from "../../ports/job-queue/job-queue.ts";
import type { JsonObject } from "../../queries/spec/json-reader.ts";
import { ref } from "../openapi/components.ts";
import { type DocumentedRoute, json } from "../openapi/operation.ts";
import { about, listOf, object, oneOf, sentAs, whole } from "../openapi/schema.ts";
import { searchSchema, settleSchema } from "./jobs.ts";

const jobs = { tag: "Jobs", user: "operator" } as const;
const oneJob = { ...jobs, path: "/v1/jobs/{queue}/{id}", inPath: { queue: oneOf(...queueNames) } } as const;

const settled = json("How many.", object({ settled: whole }));
const searchQuery = sentAs(searchSchema).properties as Record<string, JsonObject>;

export const jobDocs: readonly DocumentedRoute[] = [
  {
    ...jobs,
    method: "get",
    path: "/v1/jobs",
    summary: "Find jobs, newest first.",
    inQuery: {
      ...searchQuery,
      business: about(searchQuery.business!, "A business's slug or id."),
      requestId: about(
        searchQuery.requestId!,
        "Of a generation, or any id in the job's data; not beside text.",
      ),
      text: about(searchQuery.text!, "Any part of the name, the data or the error."),
      limit: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
    },
    answers: { 200: json("What was found.", object({ items: listOf(ref("Job")) })) },
    errors: ["NOT_FOUND"],
  },
  {
    ...jobs,
    method: "get",
    path: "/v1/jobs/counts",
    summary: "How many there are in each queue and state.",
    answers: { 200: json("The counts.", ref("JobCounts")) },
  },
  {
    ...jobs,
    method: "post",
    path: "/v1/jobs/retry",
    summary: "Try failed jobs again: all of a search, or all there are.",
    body: { schema: sentAs(settleSchema) },
    answers: { 200: settled },
    errors: ["NOT_FOUND"],
  },
  {
    ...jobs,
    method: "post",
    path: "/v1/jobs/drop",
    summary: "Drop failed jobs for good: all of a search, or all there are.",
    body: { schema: sentAs(settleSchema) },
    answers: { 200: settled },
    errors: ["NOT_FOUND"],
  },
  { ...oneJob, method: "get", summary: "One job.", answers: { 200: json("The job.", ref("Job")) } },
  {
    ...oneJob,
    method: "post",
    path: "/v1/jobs/{queue}/{id}/retry",
    summary: "Try a failed job again.",
    answers: { 200: json("The job.", ref("Job")) },
    errors: ["CONFLICT"],
  },
  {
    ...oneJob,
    method: "delete",
    summary: "Drop a failed job for good.",
    answers: { 204: { says: "It is gone." } },
    errors: ["CONFLICT"],
  },
];
