// Defines the commands rondo jobs counts|list|show|retry|retry-all|drop.
import { counted } from "../counted.ts";
import { Command, InvalidArgumentError, Option } from "commander";
import { findJobs, getJob, isQueueName, type JobSearch, settleJob, settleJobs } from "../jobs/find-jobs.ts";
import { type QueueName, queueNames } from "../ports/job-queue/job-queue.ts";
import { withStores } from "./with-stores.ts";

const states = ["waiting", "delayed", "active", "completed", "failed"] as const;

export function jobsCommand(): Command {
  const jobs = new Command("jobs").description("show, retry and drop the jobs in the queues");
  jobs
    .command("counts")
    .description("count the jobs in each state")
    .action(() =>
      withStores(async (deps) => {
        console.log(["queue", ...states].join("\t"));
        const counts = await deps.jobs.counts();
        for (const queue of queueNames) {
          console.log([queue, ...states.map((state) => counts[queue][state])].join("\t"));
        }
      }),
    );
  searching(jobs.command("list"))
    .description("list jobs, newest first")
    .addOption(new Option("--state <state>", "only jobs in this state").choices(states))
    .option("--limit <number>", "the maximum number of jobs", wholeNumber, 100)
    .action((search: JobSearch) =>
      withStores(async (deps) => {
        for (const job of await findJobs(deps, search)) {
          console.log(
            [
              job.queue,
              job.id,
              job.state,
              job.name,
              `${job.attemptsMade}/${job.attempts}`,
              job.createdAt,
              job.error ?? "",
            ].join("\t"),
          );
        }
      }),
    );
  jobs
    .command("show")
    .description("show everything about one job, as JSON")
    .argument("<queue>", "the job's queue", queueName)
    .argument("<id>", "the id that `jobs list` shows")
    .action((queue: QueueName, id: string) =>
      withStores(async (deps) => console.log(JSON.stringify(await getJob(deps, queue, id), null, 2))),
    );
  for (const [action, description] of [
    ["retry", "retry a failed job, with the full number of attempts"],
    ["drop", "remove a failed job for good"],
  ] as const) {
    jobs
      .command(action)
      .description(description)
      .argument("<queue>", "the job's queue", queueName)
      .argument("<id>", "the id that `jobs list` shows")
      .action((queue: QueueName, id: string) => withStores((deps) => settleJob(deps, action, queue, id)));
  }
  searching(jobs.command("retry-all"))
    .description("retry all failed jobs that match the options; without options, all failed jobs")
    .action((search: JobSearch) =>
      withStores(async (deps) =>
        console.log(`${counted(await settleJobs(deps, "retry", search), "job")} will be retried.`),
      ),
    );
  return jobs;
}

const searching = (command: Command): Command =>
  command
    .addOption(new Option("--queue <queue>", "only jobs in this queue").choices(queueNames))
    .option("--business <business>", "only jobs of this business: its slug or id")
    .option("--request-id <id>", "only jobs of this generation, or jobs with this id in their data")
    .option("--text <text>", "only jobs with this text in their name, data or error");

function queueName(name: string): QueueName {
  if (isQueueName(name)) return name;
  throw new InvalidArgumentError(`It has to be one of ${queueNames.join(", ")}.`);
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It has to be a whole number, 1 or more.");
}
