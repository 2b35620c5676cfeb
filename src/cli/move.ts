// rondo move objects.
import { Command } from "commander";
import { type Config, readConfig } from "../config/config.ts";
import { findStoreUrl } from "../config/store-url.ts";
import { counted } from "../counted.ts";
import type { SharedDeps } from "../deps/shared-deps.ts";
import { AppError } from "../errors.ts";
import { moveObjects, planObjects } from "../moves/move-objects.ts";
import type {
  OnStoreMoveEvent,
  StoreMoveEvent,
  StoreMovePlan,
  StoreMoveReport,
} from "../moves/store-move.ts";
import type { StoreUrl } from "../ports/store-url.ts";
import { withStores } from "./with-stores.ts";

interface MoveOptions {
  readonly from?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface StoreMove<Kind extends keyof SharedDeps["moves"]> {
  readonly kind: Kind;
  /** The end of the sentence "moves …". */
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
    );

function storeCommand<Kind extends keyof SharedDeps["moves"]>(move: StoreMove<Kind>): Command {
  return new Command(move.kind)
    .description(`move ${move.what} to another store, while both are in use`)
    .option("--from <address>", `the former store, as in ${move.settings.from}`)
    .option("--to <address>", `the new store, as in ${move.settings.to}`)
    .option("--dry-run", "count what would be moved, and change nothing")
    .option("--json", "print one JSON object per line")
    .action(async (options: MoveOptions) => {
      checkAddresses(move, options, readConfig());
      await withStores(async (deps) => {
        const pair = deps.moves[move.kind] as Pair<Kind>;
        if (options.dryRun) return printPlan(await move.plan(deps, pair), options);
        const stop = new AbortController();
        const end = () => stop.abort(new AppError("UNAVAILABLE", "The move was stopped.", { hint: again }));
        process.once("SIGINT", end).once("SIGTERM", end);
        const onEvent = options.json ? printJson : printEvent;
        const report = await move.run(deps, pair, onEvent, stop.signal);
        printReport(report, move, options);
        if (report.troubles.length > 0) process.exitCode = 1;
      });
    });
}

const again = "Run the command again; it continues.";

/** Every process has to read from both stores before anything moves, so the command needs the same settings as they. */
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

const printJson = (value: object): void => console.log(JSON.stringify(value));

function printEvent(event: StoreMoveEvent): void {
  if (event.event === "trouble") return console.error(`not moved: ${event.item}: ${event.reason}`);
  const { items, itemsTotal, bytes, bytesTotal, bytesPerSecond, secondsLeft } = event;
  console.error(
    `${items} of ${itemsTotal}, ${megabytes(bytes)} of ${megabytes(bytesTotal)}, ${megabytes(bytesPerSecond)}/s, ${secondsLeft} s left`,
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function printPlan(plan: StoreMovePlan, { json }: MoveOptions): void {
  if (json) printJson({ event: "plan", ...plan });
  else
    console.log(
      `${plan.items} to move, ${megabytes(plan.bytes)}; ${plan.present} are in the new store already. Nothing was changed.`,
    );
}

function printReport<Kind extends keyof SharedDeps["moves"]>(
  report: StoreMoveReport,
  { settings }: StoreMove<Kind>,
  { json }: MoveOptions,
): void {
  if (json) return printJson({ event: "moved", ...report });
  const { moved, bytes, present, troubles, totalMs } = report;
  console.log(
    `${moved} moved, ${megabytes(bytes)}, ${(totalMs / 1_000).toFixed(1)} s; ${present} were in the new store already.`,
  );
  if (troubles.length === 0)
    console.log(
      `Everything is in the new store: remove ${settings.from}, and restart the API and the worker.`,
    );
  else
    console.log(
      `${counted(troubles.length, "item")} could not be moved; keep ${settings.from} until the command ends without this message.`,
    );
}
