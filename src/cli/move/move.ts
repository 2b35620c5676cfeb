// Defines the commands `rondo move objects`, `rondo move chunks` and `rondo move jobs`, and adds `rondo move control`.
import { Command } from "commander";
import { type Config, readConfig } from "../../config/config.ts";
import { findStoreUrl } from "../../config/store-url.ts";
import type { SharedDeps } from "../../deps/shared-deps.ts";
import { AppError } from "../../errors.ts";
import { moveChunks, planChunks } from "../../moves/stores/move-chunks.ts";
import { moveJobs, planJobs } from "../../moves/stores/move-jobs.ts";
import { moveObjects, planObjects } from "../../moves/stores/move-objects.ts";
import type {
  OnStoreMoveEvent,
  StoreMoveEvent,
  StoreMovePlan,
  StoreMoveReport,
} from "../../moves/stores/store-move.ts";
import type { StoreUrl } from "../../ports/store-url.ts";
import { moveControlCommand } from "./control.ts";
import { eventText, planText, reportText } from "./texts.ts";
import { withStores } from "../with-stores.ts";

interface MoveOptions {
  readonly from?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface StoreMove<Kind extends keyof SharedDeps["moves"]> {
  readonly kind: Kind;
  /** A noun for the moved data, as in the help text "move the finished audio to another store". */
  readonly what: string;
  readonly examples: { readonly from: string; readonly to: string };
  readonly settings: { readonly from: string; readonly to: string };
  readonly urlsOf: (config: Config) => { readonly from: StoreUrl | undefined; readonly to: StoreUrl };
  readonly plan: (deps: SharedDeps, pair: Pair<Kind>) => Promise<StoreMovePlan>;
  readonly run: (
    deps: SharedDeps,
    pair: Pair<Kind>,
    onEvent: OnStoreMoveEvent,
    signal: AbortSignal,
  ) => Promise<StoreMoveReport>;
}

type Pair<Kind extends keyof SharedDeps["moves"]> = NonNullable<SharedDeps["moves"][Kind]>;

export const moveCommand = (): Command =>
  new Command("move")
    .description("move the content of a store to another one, while both are in use")
    .addCommand(
      storeCommand({
        kind: "objects",
        what: "the finished audio",
        examples: { from: "file:./data/objects", to: "s3://bucket/folder" },
        settings: { from: "RONDO_OBJECTS_FROM", to: "RONDO_OBJECTS_URL" },
        urlsOf: ({ objectsFromUrl, objectsUrl }) => ({ from: objectsFromUrl, to: objectsUrl }),
        plan: ({ control }, pair) => planObjects({ control, ...pair }),
        run: ({ control }, pair, onEvent, signal) => moveObjects({ control, ...pair, onEvent }, signal),
      }),
    )
    .addCommand(
      storeCommand({
        kind: "chunks",
        what: "the streams",
        examples: { from: "sqlite:./data/chunks", to: "mongodb://127.0.0.1:27017" },
        settings: { from: "RONDO_CHUNKS_FROM", to: "RONDO_CHUNKS_URL" },
        urlsOf: ({ chunksFromUrl, chunksUrl }) => ({ from: chunksFromUrl, to: chunksUrl }),
        plan: ({ control }, pair) => planChunks({ control, ...pair }),
        run: ({ control }, pair, onEvent, signal) => moveChunks({ control, ...pair, onEvent }, signal),
      }),
    )
    .addCommand(
      storeCommand({
        kind: "jobs",
        what: "the jobs",
        examples: { from: "sqlite:./data/jobs.db", to: "redis://127.0.0.1:6379" },
        settings: { from: "RONDO_QUEUE_FROM", to: "RONDO_QUEUE_URL" },
        urlsOf: ({ queueFromUrl, queueUrl }) => ({ from: queueFromUrl, to: queueUrl }),
        plan: (_, pair) => planJobs(pair),
        run: ({ control }, pair, onEvent, signal) => moveJobs({ control, ...pair, onEvent }, signal),
      }),
    )
    .addCommand(moveControlCommand());

function storeCommand<Kind extends keyof SharedDeps["moves"]>(move: StoreMove<Kind>): Command {
  return new Command(move.kind)
    .description(`move ${move.what} to another store, while both are in use`)
    .option("--from <address>", `the former store, as in ${move.settings.from}`)
    .option("--to <address>", `the new store, as in ${move.settings.to}`)
    .option("--dry-run", "count what would be moved, and move nothing")
    .option("--json", "print one JSON object per line")
    .action(async (options: MoveOptions) => {
      checkAddresses(move, options, readConfig());
      await withStores(async (deps) => {
        const pair = deps.moves[move.kind] as Pair<Kind>;
        const print = (event: string, result: object, text: string): void =>
          console.log(options.json ? JSON.stringify({ event, ...result }) : text);
        if (options.dryRun) {
          const plan = await move.plan(deps, pair);
          return print("plan", plan, planText(plan));
        }
        const stop = new AbortController();
        const end = () => stop.abort(new AppError("UNAVAILABLE", "The move was stopped.", { hint: again }));
        process.once("SIGINT", end).once("SIGTERM", end);
        const onEvent = (event: StoreMoveEvent): void => {
          if (options.json) console.log(JSON.stringify(event));
          else console.error(eventText(event));
        };
        const report = await move.run(deps, pair, onEvent, stop.signal);
        print("moved", report, reportText(report, move.settings.from));
        if (report.troubles.length > 0) process.exitCode = 1;
      });
    });
}

const again = "Run the command again to continue the move.";

/**
 * Throws CONFIG_INVALID if the settings don't name the two stores of the move, or if an option names another store than
 * the settings. During a move, every API and every worker must use both stores, and their settings have to name these
 * stores. This command can't see the settings of other processes, so it checks its own settings in their place.
 */
function checkAddresses<Kind extends keyof SharedDeps["moves"]>(
  { settings, urlsOf, examples }: StoreMove<Kind>,
  options: MoveOptions,
  config: Config,
): void {
  const urls = urlsOf(config);
  const isAsSet = (text: string | undefined, set: StoreUrl | undefined): boolean => {
    const asked = text === undefined ? set : findStoreUrl(text);
    return asked !== undefined && asked.scheme === set?.scheme && asked.location === set.location;
  };
  if (isAsSet(options.from, urls.from) && isAsSet(options.to, urls.to)) return;
  throw new AppError("CONFIG_INVALID", "The settings don't name these two stores.", {
    hint: `Set ${settings.from}=${options.from ?? examples.from} and ${settings.to}=${options.to ?? examples.to}, restart the API and the worker, and run the command again.`,
  });
}
