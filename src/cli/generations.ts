// Defines the commands rondo generation list|show|cancel|retry, which manage the generations of all users of a
// business.
import { Command, InvalidArgumentError, Option } from "commander";
import { cancelGeneration } from "../generations/cancel-generation.ts";
import {
  type GenerationPage,
  type GenerationSearch,
  listGenerations,
} from "../generations/manage/list-generations.ts";
import { findOwner, readWithEvents } from "../generations/manage/read-with-events.ts";
import { retryGeneration } from "../generations/manage/retry-generation.ts";
import { asJson, type OutputOptions, printAll, printOne } from "./terminal/output.ts";
import { findBusiness, withStores } from "./with-stores.ts";

const states = ["queued", "running", "complete", "failed", "cancelled"] as const;

interface ListOptions extends Omit<GenerationSearch, "userId">, OutputOptions {
  readonly user?: string;
}

export function generationCommand(): Command {
  const generation = new Command("generation").description("find, cancel and retry generations");
  generation
    .command("list")
    .description("list the generations of a business, newest first")
    .argument("<business>", "the business's slug")
    .addOption(new Option("--state <state>", "only those in this state").choices(states))
    .option("--user <userId>", "only those of this user")
    .option("--text <text>", "only those with this text in the prompt, the title, the reason or an id")
    .option("--before <requestId>", "only those older than this generation")
    .option("--limit <number>", "the maximum number of generations", upTo(200), 50)
    .option(...asJson)
    .action((slug: string, { user, json = false, ...search }: ListOptions) =>
      withStores(async (deps) => {
        const { id } = await findBusiness(deps, slug);
        printAll(await findGenerations(deps, id, { ...search, userId: user }), { json }, (one) =>
          [one.requestId, one.state, one.userId, one.createdAt, one.title, one.reason ?? ""].join("\t"),
        );
      }),
    );
  generation
    .command("show")
    .description("show a generation with its events, as JSON")
    .argument("<business>", "the business's slug")
    .argument("<requestId>", "the id of the generation")
    .action((slug: string, requestId: string) =>
      withStores(async (deps) => {
        const { id } = await findBusiness(deps, slug);
        console.log(JSON.stringify(await readWithEvents(deps, id, requestId), null, 2));
      }),
    );
  generation
    .command("cancel")
    .description("cancel a generation; sound that was already made is kept")
    .argument("<business>", "the business's slug")
    .argument("<requestId>", "the id of the generation")
    .action((slug: string, requestId: string) =>
      withStores(async (deps) => {
        const { id: businessId } = await findBusiness(deps, slug);
        const userId = await findOwner(deps, businessId, requestId);
        const caller = { kind: "user", businessId, userId } as const;
        await cancelGeneration({ ...deps, streams: deps.chunkStore }, caller, requestId);
      }),
    );
  generation
    .command("retry")
    .description("make a failed or cancelled generation again, as a new version of its track")
    .argument("<business>", "the business's slug")
    .argument("<requestId>", "the id of the generation")
    .option(...asJson)
    .action((slug: string, requestId: string, options: OutputOptions) =>
      withStores(async (deps) => {
        const { id } = await findBusiness(deps, slug);
        const started = await retryGeneration({ ...deps, streams: deps.chunkStore }, id, requestId);
        printOne(started, options, (one) => one.requestId);
      }),
    );
  return generation;
}

/** Searches page after page, because one page examines only a part of the generations. */
async function findGenerations(
  deps: Parameters<typeof listGenerations>[0],
  businessId: string,
  search: GenerationSearch,
): Promise<GenerationPage["items"]> {
  const found: GenerationPage["items"][number][] = [];
  let before: string | null | undefined = search.before;
  do {
    const limit = search.limit - found.length;
    const page = await listGenerations(deps, businessId, { ...search, limit, before });
    found.push(...page.items);
    before = page.next;
  } while (found.length < search.limit && before !== null);
  return found;
}

const upTo =
  (max: number) =>
  (text: string): number => {
    const value = /^\d{1,3}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= max) return value;
    throw new InvalidArgumentError(`It has to be a whole number from 1 to ${max}.`);
  };
