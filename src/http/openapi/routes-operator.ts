// The operator's routes, as the document tells them: businesses, their keys, and the jobs.
import { queueNames } from "../../ports/job-queue/job-queue.ts";
import { createBody, keyBody, stateBody } from "../routes/businesses.ts";
import { searchSchema, settleSchema } from "../routes/jobs.ts";
import { ref } from "./components.ts";
import { type DocumentedRoute, json } from "./operation.ts";
import { about, id, listOf, object, oneOf, sentAs, text, whole } from "./schema.ts";

const businesses = { tag: "Businesses", user: "operator" } as const;
const jobs = { tag: "Jobs", user: "operator" } as const;
const oneJob = { ...jobs, path: "/v1/jobs/{queue}/{id}", inPath: { queue: oneOf(...queueNames) } } as const;

const settled = json("How many.", object({ settled: whole }));
const searchQuery = sentAs(searchSchema).properties as Record<string, typeof text>;

export const operatorRoutes: readonly DocumentedRoute[] = [
  {
    ...businesses,
    method: "post",
    path: "/v1/businesses",
    summary: "Make a business with a database of its own.",
    body: { schema: sentAs(createBody) },
    answers: { 201: json("The business.", ref("Business")) },
    errors: ["CONFLICT"],
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses",
    summary: "All businesses, oldest first.",
    answers: { 200: json("All of them.", object({ items: listOf(ref("Business")) })) },
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses/{slug}",
    summary: "One business.",
    answers: { 200: json("The business.", ref("Business")) },
  },
  {
    ...businesses,
    method: "patch",
    path: "/v1/businesses/{slug}",
    summary: "Suspend a business, or let it go on.",
    description:
      "While it is suspended, none of its keys, sessions, tokens and links opens anything: at once here, everywhere within five seconds.",
    body: { schema: sentAs(stateBody) },
    answers: { 200: json("The business.", ref("Business")) },
  },
  {
    ...businesses,
    method: "post",
    path: "/v1/businesses/{slug}/keys",
    summary: "A new business key, shown this once.",
    body: { schema: sentAs(keyBody) },
    answers: { 201: json("The key.", object({ id, key: about(text, "rk_…") })) },
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses/{slug}/keys",
    summary: "Its keys, without their secrets.",
    answers: { 200: json("All of them.", object({ items: listOf(ref("BusinessKey")) })) },
  },
  {
    ...businesses,
    method: "delete",
    path: "/v1/businesses/{slug}/keys/{keyId}",
    summary:
      "Revoke a key. It and the tokens that it minted are refused at once here, everywhere within five seconds.",
    answers: { 204: { says: "It is revoked." } },
  },
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
