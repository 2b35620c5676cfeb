// Defines the commands rondo business rename|limits|hosts|delete|undelete|receipts.
import { type Command, InvalidArgumentError } from "commander";
import { listBusinessHosts, setBusinessHosts } from "../../businesses/lifecycle/business-hosts.ts";
import { changeBusiness } from "../../businesses/lifecycle/change-business.ts";
import {
  deleteBusiness,
  graceDaysUsual,
  undeleteBusiness,
} from "../../businesses/lifecycle/delete-business.ts";
import { listErasures } from "../../businesses/lifecycle/list-erasures.ts";
import type { LimitChanges } from "../../businesses/limits/limit-changes.ts";
import { printBusiness } from "./view.ts";
import { parseLimitChanges } from "./limit-arguments.ts";
import { asJson, type OutputOptions, printAll, printOne } from "../terminal/output.ts";
import { findBusiness, withStores } from "../with-stores.ts";

const theSlug = ["<slug>", "the business's slug"] as const;

export function addBusinessChanges(business: Command, actor: string): void {
  business
    .command("rename")
    .description("give a business another slug or name; links with the old slug still work")
    .argument(...theSlug)
    .option("--slug <slug>", "the new slug")
    .option("--name <name>", "the new display name")
    .option(
      "--end-old-links",
      "refuse former slugs: links, page addresses and sessions that contain a former slug stop working",
    )
    .option(...asJson)
    .action((slug: string, options: OutputOptions & { slug?: string; name?: string; endOldLinks?: true }) =>
      withStores(async (deps) => {
        await changeBusiness(deps, actor, slug, {
          ...{ slug: options.slug, name: options.name },
          keepOldLinks: !options.endOldLinks,
        });
        await printBusiness(deps, options.slug ?? slug, options);
      }),
    );
  business
    .command("limits")
    .description("show the limits of a business, or change them")
    .argument(...theSlug)
    .argument("[changes...]", "such as writes=6000/1m, generations=off, pieces=default, pieces-per-user=20")
    .option(...asJson)
    .action((slug: string, changes: readonly string[], options: OutputOptions) =>
      withStores(async (deps) => {
        const limits: LimitChanges = parseLimitChanges(changes);
        if (changes.length > 0) await changeBusiness(deps, actor, slug, { limits });
        printOne((await findBusiness(deps, slug)).limits, options, (one) => JSON.stringify(one));
      }),
    );
  business
    .command("hosts")
    .description("list the hosts at which the page of a business is served, or replace them")
    .argument(...theSlug)
    .argument("[hosts...]", "such as music.example.com")
    .option("--remove", "remove all hosts")
    .option(...asJson)
    .action((slug: string, hosts: readonly string[], options: OutputOptions & { remove?: true }) =>
      withStores(async (deps) =>
        printAll(
          hosts.length > 0 || options.remove
            ? await setBusinessHosts(deps, actor, slug, hosts)
            : await listBusinessHosts(deps, slug),
          options,
          (host) => host,
        ),
      ),
    );
  business
    .command("delete")
    .description("suspend a business now, and erase it after a grace period")
    .argument(...theSlug)
    .option("--grace-days <days>", "the number of days until it is erased", days, graceDaysUsual)
    .option(...asJson)
    .action((slug: string, { graceDays, ...options }: OutputOptions & { graceDays: number }) =>
      withStores(async (deps) => {
        const deleteAfter = await deleteBusiness(deps, actor, { slug, graceDays });
        printOne(
          { slug, deleteAfter },
          options,
          () =>
            `The business will be erased after ${deleteAfter}. Until then, you can undo this with: rondo business undelete ${slug}`,
        );
      }),
    );
  business
    .command("undelete")
    .description("undo the deletion of a business; it is suspended afterwards")
    .argument(...theSlug)
    .option(...asJson)
    .action((slug: string, options: OutputOptions) =>
      withStores(async (deps) => {
        await undeleteBusiness(deps, actor, slug);
        await printBusiness(deps, slug, options);
      }),
    );
  business
    .command("receipts")
    .description("list the erased businesses with their signed receipts, newest first")
    .option(...asJson)
    .action((options: OutputOptions) =>
      withStores(async (deps) =>
        printAll(await listErasures(deps.control), options, ({ businessId, completedAt, receipt }) =>
          [businessId, completedAt ?? "being erased", receipt ?? ""].join("\t"),
        ),
      ),
    );
}

function days(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It has to be a whole number of days, from 0 to 9999.");
}
