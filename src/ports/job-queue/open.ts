// Lists the technologies for the job queue. To add a technology, create its folder beside this file and add the
// technology to this list.
import type { StoreUrl } from "../store-url.ts";
import { technologyOf } from "../technology.ts";
import { bullmq } from "./bullmq/index.ts";
import { sqlite } from "./sqlite/index.ts";
import type { OpenJobQueueOptions, JobQueueTechnology } from "./technology.ts";

export const jobQueues: readonly JobQueueTechnology[] = [sqlite, bullmq];

export const openJobQueue = ({ scheme, location }: StoreUrl, options: OpenJobQueueOptions) =>
  technologyOf(jobQueues, scheme).open(location, options);

export const openJobBoard = ({ scheme, location }: StoreUrl, options: OpenJobQueueOptions) =>
  technologyOf(jobQueues, scheme).openBoard(location, options);

export const openJobCopy = ({ scheme, location }: StoreUrl, options: OpenJobQueueOptions) =>
  technologyOf(jobQueues, scheme).openCopy(location, options);
