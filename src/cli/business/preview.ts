// Defines the command rondo business preview, which manages previews: trial copies of a business's database.
import { type Command, InvalidArgumentError } from "commander";
import type { BusinessCaller, UserCaller } from "../../accounts/caller.ts";
import { createBusinessSpecs } from "../../apps/business-specs.ts";
import { createPreview } from "../../businesses/previews/create-preview.ts";
import {
  listPreviews,
  type Preview,
  previewHoursMax,
  previewHoursUsual,
} from "../../businesses/previews/preview.ts";
import { endPreview } from "../../businesses/previews/sweep-previews.ts";
import { openSpecs } from "../../deps/open-specs.ts";
import { openScratch, querySpecs } from "../../deps/scratch-database.ts";
import type { SharedDeps } from "../../deps/shared-deps.ts";
import { AppError, notFound } from "../../errors.ts";
import { parseExactJson } from "../../exact-json.ts";
import { callQueryOn } from "../../http/call-query.ts";
import { isObject } from "../../queries/spec/json-reader.ts";
import { asJson, type OutputOptions, printAll, printOne } from "../terminal/output.ts";
import { findBusiness, withStores } from "../with-stores.ts";

const actions = ["create", "list", "end", "run"] as const;

interface PreviewOptions extends OutputOptions {
  readonly hours: number;
  readonly id?: string;
  readonly user?: string;
}

export function addPreviews(business: Command, actor: string): void {
  business
    .command("preview")
    .description("create, list or end copies of a business's database, or run a named query on one")
    .argument("<slug>", "the business's slug")
    .argument("[action]", `what to do: ${actions.join(", ")}`, actionOf, "create")
    .argument(
      "[words...]",
      "for end: the id of the preview; for run: the name of the query, and its parameters as JSON",
    )
    .option(
      "--hours <hours>",
      "for create: the number of hours until the preview ends",
      hoursOf,
      previewHoursUsual,
    )
    .option("--id <id>", "for run: the id of the preview; by default the newest one")
    .option(
      "--user <id>",
      "for run: the id of the user in whose name the query runs; by default the business",
    )
    .option(...asJson)
    .action(
      (slug: string, action: (typeof actions)[number], words: readonly string[], options: PreviewOptions) =>
        withStores(async (deps) => {
          switch (action) {
            case "create":
              return printOne(
                await createPreview(deps, actor, { slug, hours: options.hours }),
                options,
                lineOf,
              );
            case "list":
              return printAll(await listPreviews(deps.control, slug), options, lineOf);
            case "end":
              return end(deps, slug, words[0] ?? "", options);
            case "run":
              return console.log(await run(deps, slug, words, options));
          }
        }),
    );
}

async function end(deps: SharedDeps, slug: string, id: string, options: OutputOptions): Promise<void> {
  await endPreview(deps, "command line", { slug, previewId: id });
  printOne({ id, state: "ended" }, options, () => `${id}\tended`);
}

const lineOf = ({ id, state, expiresAt }: Preview): string => [id, state, expiresAt].join("\t");

/**
 * Returns the result of the query as JSON. Without an id, the query runs on the newest preview that is ready. If no
 * preview is ready, throws NOT_FOUND.
 */
async function run(
  deps: SharedDeps,
  slug: string,
  [name = "", parameters = "{}"]: readonly string[],
  { id, user }: PreviewOptions,
): Promise<string> {
  const { id: businessId } = await findBusiness(deps, slug);
  const previewId = id ?? (await listPreviews(deps.control, slug)).find(({ state }) => state === "ready")?.id;
  if (previewId === undefined) throw notFound("preview");
  const caller: UserCaller | BusinessCaller =
    user === undefined
      ? { kind: "business", businessId, keyId: "command line" }
      : { kind: "user", businessId, userId: user };
  const ofRondo = await openSpecs({ ...deps, dir: querySpecs, watch: false, openScratch });
  const specs = createBusinessSpecs(ofRondo, deps.log);
  try {
    const call = { name, method: "POST", parameters: parametersOf(parameters) } as const;
    const { body } = await deps.previews.use({ businessId, previewId }, async (database) =>
      callQueryOn({ ...deps, specs }, database, caller, call, previewId),
    );
    return body;
  } finally {
    specs.close();
  }
}

function parametersOf(text: string): Readonly<Record<string, unknown>> {
  const parsed = parseExactJson(text);
  if (!("fault" in parsed) && isObject(parsed.value)) return parsed.value;
  throw new AppError("INVALID_PARAMETER", "The parameters have to be a JSON object.", {
    hint: `For example: '{"limit": 3}'`,
  });
}

function actionOf(text: string): (typeof actions)[number] {
  const found = actions.find((action) => action === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`It has to be one of ${actions.join(", ")}.`);
}

function hoursOf(text: string): number {
  const hours = /^\d{1,3}(\.\d)?$/.test(text) ? Number(text) : 0;
  if (hours > 0 && hours <= previewHoursMax) return hours;
  throw new InvalidArgumentError(`It has to be a number of hours up to ${previewHoursMax}.`);
}
