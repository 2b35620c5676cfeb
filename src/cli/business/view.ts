// Prints a business without its signing keys, for the commands of rondo business.
import type { Business } from "../../businesses/business.ts";
import type { SharedDeps } from "../../deps/shared-deps.ts";
import { type OutputOptions, printOne } from "../terminal/output.ts";
import { findBusiness } from "../with-stores.ts";

/** Removes the signing keys of a business, so that the rest can be printed. */
export const viewOf = ({ signing: _, ...business }: Business) => business;

/**
 * Prints the slug, the state and the name of a business. With --json, prints everything that
 * `viewOf` returns. Throws NOT_FOUND if no business has this slug.
 */
export async function printBusiness(deps: SharedDeps, slug: string, options: OutputOptions): Promise<void> {
  printOne(viewOf(await findBusiness(deps, slug)), options, (one) =>
    [one.slug, one.state, one.name].join("\t"),
  );
}
