// Prints a business after a command changed it.
import type { Business } from "../../businesses/business.ts";
import type { SharedDeps } from "../../deps/shared-deps.ts";
import { type OutputOptions, printOne } from "../terminal/output.ts";
import { findBusiness } from "../with-stores.ts";

/** Removes the signing keys of a business, so that the rest can be printed. */
export const viewOf = ({ signing: _, ...business }: Business) => business;

/** Prints a business's slug and state, or with --json all of it. */
export async function printBusiness(deps: SharedDeps, slug: string, options: OutputOptions): Promise<void> {
  printOne(viewOf(await findBusiness(deps, slug)), options, (one) =>
    [one.slug, one.state, one.name].join("\t"),
  );
}
