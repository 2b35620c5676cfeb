// Defines the commands rondo business create|list|show|suspend|resume|generators|sweep, and adds
// the commands from the other files of this folder.
import { counted } from "../../counted.ts";
import { Command } from "commander";
import { createBusiness } from "../../businesses/lifecycle/create-business.ts";
import { setBusinessGenerators } from "../../businesses/lifecycle/set-business-generators.ts";
import { setBusinessState } from "../../businesses/lifecycle/set-business-state.ts";
import { dueKinds } from "../../businesses/due/due-work.ts";
import { promoteCommand } from "./promote.ts";
import { addBusinessApps } from "./apps.ts";
import { addBusinessArchives } from "./archives.ts";
import { addGeneratorKeys } from "./generator-keys.ts";
import { addPreviews } from "./preview.ts";
import { printBusiness, viewOf } from "./view.ts";
import { addBusinessChanges } from "./changes.ts";
import { asJson, type OutputOptions, printAll, printOne } from "../terminal/output.ts";
import { findBusiness, withStores } from "../with-stores.ts";

const actor = "command line";

export function businessCommand(): Command {
  const business = new Command("business").description("manage the businesses of this Rondo");
  business
    .command("create")
    .description("create a business with its own database")
    .argument("<slug>", "a short name: 2 to 40 characters of a-z, 0-9 and -")
    .option("--name <name>", "the name that people see")
    .option(...asJson)
    .action((slug: string, { name, json }: OutputOptions & { name?: string }) =>
      withStores(async (deps) => {
        const made = await createBusiness(deps, actor, { slug, ...(name === undefined ? {} : { name }) });
        printOne(viewOf(made), { ...(json ? { json } : {}) }, (one) => `${one.slug}\t${one.id}`);
      }),
    );
  business
    .command("list")
    .description("list all businesses, oldest first")
    .option(...asJson)
    .action((options: OutputOptions) =>
      withStores(async (deps) => {
        const all = (await deps.registry.list()).map(viewOf);
        printAll(all, options, ({ slug, id, engine, state, name }) =>
          [slug, id, engine, state, name].join("\t"),
        );
      }),
    );
  business
    .command("show")
    .description("show everything about one business except its secrets, as JSON")
    .argument("<slug>", "the business's slug")
    .action((slug: string) =>
      withStores(async (deps) =>
        console.log(JSON.stringify(viewOf(await findBusiness(deps, slug)), null, 2)),
      ),
    );
  for (const [name, state, description] of [
    [
      "suspend",
      "suspended",
      "refuse all keys, sessions, tokens and links of a business, everywhere within five seconds",
    ],
    ["resume", "active", "resume a suspended business"],
  ] as const)
    business
      .command(name)
      .description(description)
      .argument("<slug>", "the business's slug")
      .option(...asJson)
      .action((slug: string, options: OutputOptions) =>
        withStores(async (deps) => {
          await setBusinessState(deps, actor, { slug, state });
          await printBusiness(deps, slug, options);
        }),
      );
  business.addCommand(promoteCommand());
  business
    .command("generators")
    .description(
      "set the generators that a business is allowed to use; the first name is the default; without names, the business can use all generators",
    )
    .argument("<slug>", "the business's slug")
    .argument("[names...]", "names of RONDO_GENERATORS")
    .option(...asJson)
    .action((slug: string, names: string[], options: OutputOptions) =>
      withStores(async (deps) => {
        await setBusinessGenerators(deps, actor, { slug, generators: names.length === 0 ? null : names });
        await printBusiness(deps, slug, options);
      }),
    );
  business
    .command("sweep")
    .description(
      "mark every business, so that the worker checks it once for unfinished work; run this after a restore of the control database",
    )
    .option(...asJson)
    .action((options: OutputOptions) =>
      withStores(async (deps) => {
        const businesses = await deps.registry.list();
        for (const { id } of businesses) await deps.due.mark(id, dueKinds);
        printOne(
          { businesses: businesses.length },
          options,
          (marked) => `${counted(marked.businesses, "business", "businesses")} will be checked.`,
        );
      }),
    );
  addBusinessChanges(business, actor);
  addGeneratorKeys(business, actor);
  addBusinessArchives(business, actor);
  addBusinessApps(business, actor);
  addPreviews(business, actor);
  return business;
}
