// rondo business create|list|suspend|resume|generators|promote|sweep.
import { counted } from "../counted.ts";
import { Command } from "commander";
import { createBusiness } from "../businesses/lifecycle/create-business.ts";
import { setBusinessGenerators } from "../businesses/lifecycle/set-business-generators.ts";
import { setBusinessState } from "../businesses/lifecycle/set-business-state.ts";
import { dueKinds } from "../businesses/due/due-work.ts";
import { promoteCommand } from "./business-promote.ts";
import { withStores } from "./with-stores.ts";

const actor = "command line";

export function businessCommand(): Command {
  const business = new Command("business").description("manage the businesses of this Rondo");
  business
    .command("create")
    .description("create a business with its own database")
    .argument("<slug>", "2 to 40 of a-z, 0-9 and -")
    .option("--name <name>", "the name for people")
    .action((slug: string, options: { name?: string }) =>
      withStores(async (deps) => {
        const made = await createBusiness(deps, actor, { slug, ...options });
        console.log(`${made.slug}\t${made.id}`);
      }),
    );
  business
    .command("list")
    .description("list all businesses, oldest first")
    .action(() =>
      withStores(async (deps) => {
        for (const { slug, id, engine, state, name } of await deps.registry.list()) {
          console.log([slug, id, engine, state, name].join("\t"));
        }
      }),
    );
  for (const [name, state, description] of [
    [
      "suspend",
      "suspended",
      "refuse all its keys, sessions, tokens and links, everywhere within five seconds",
    ],
    ["resume", "active", "resume a suspended business"],
  ] as const)
    business
      .command(name)
      .description(description)
      .argument("<slug>", "the business's slug")
      .action((slug: string) => withStores((deps) => setBusinessState(deps, actor, { slug, state })));
  business.addCommand(promoteCommand());
  business
    .command("generators")
    .description("set the generators that a business may use, its default first; without names, all of them")
    .argument("<slug>", "the business's slug")
    .argument("[names...]", "names of RONDO_GENERATORS")
    .action((slug: string, names: string[]) =>
      withStores((deps) =>
        setBusinessGenerators(deps, actor, { slug, generators: names.length === 0 ? null : names }),
      ),
    );
  business
    .command("sweep")
    .description("have the sweeps check every business once, after a restore of the control database")
    .action(() =>
      withStores(async (deps) => {
        const businesses = await deps.registry.list();
        for (const { id } of businesses) await deps.due.mark(id, dueKinds);
        console.log(`${counted(businesses.length, "business", "businesses")} will be checked.`);
      }),
    );
  return business;
}
