// rondo jobs counts|list|show|retry|retry-all|drop.
import { Command, InvalidArgumentError, Option } from "commander";
import { findJobs, getJob, isQueueName, type JobSearch, settleJob, settleJobs } from "../jobs/find-jobs.ts";
import { type QueueName, queueNames } from "../ports/job-queue/job-queue.ts";
import { withStores } from "./with-stores.ts";

const states = ["waiting", "delayed", "active", "completed", "failed"] as const;

export function jobsCommand(): Command {
  const jobs = new Command("jobs").description("the queues: what waits, what runs, what failed");
  jobs
    .command("counts")
    .description("how many jobs are in which state")
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
    .description("jobs, newest first")
    .addOption(new Option("--state <state>", "in this state").choices(states))
    .option("--limit <number>", "at most so many", wholeNumber, 100)
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
    .description("everything about one job, as JSON")
    .argument("<queue>", "the queue it is in", queueName)
    .argument("<id>", "the id that `jobs list` shows")
    .action((queue: QueueName, id: string) =>
      withStores(async (deps) => console.log(JSON.stringify(await getJob(deps, queue, id), null, 2))),
    );
  for (const [action, description] of [
    ["retry", "put a failed job back, with its attempts anew"],
    ["drop", "remove a failed job for good"],
  ] as const) {
    jobs
      .command(action)
      .description(description)
      .argument("<queue>", "the queue it is in", queueName)
      .argument("<id>", "the id that `jobs list` shows")
      .action((queue: QueueName, id: string) => withStores((deps) => settleJob(deps, action, queue, id)));
  }
  searching(jobs.command("retry-all"))
    .description("put every failed job of the search back; without one, every failed job")
    .action((search: JobSearch) =>
      withStores(async (deps) => console.log(`${await settleJobs(deps, "retry", search)} to be tried again`)),
    );
  return jobs;
}

const searching = (command: Command): Command =>
  command
    .addOption(new Option("--queue <queue>", "of this queue").choices(queueNames))
    .option("--business <business>", "of this business: its slug or id")
    .option("--request-id <id>", "of this request, or about any thing with this id")
    .option("--text <text>", "with this text in its name, data or error");

function queueName(name: string): QueueName {
  if (isQueueName(name)) return name;
  throw new InvalidArgumentError(`One of ${queueNames.join(", ")}.`);
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A whole number, 1 or more.");
}
