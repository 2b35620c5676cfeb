// Opens the stores for one command, and closes them after the command, even if the command fails.
import type { Business } from "../businesses/business.ts";
import { readConfig } from "../config/config.ts";
import { createSharedDeps, type SharedDeps } from "../deps/shared-deps.ts";
import { notFound } from "../errors.ts";
import { createLog } from "../process/log.ts";

export async function withStores(work: (deps: SharedDeps) => Promise<void>): Promise<void> {
  const config = readConfig();
  const deps = await createSharedDeps(config, createLog("cli", "error"), "cli");
  try {
    await work(deps);
  } finally {
    await deps.close();
  }
}

/**
 * Returns the business with this slug, even if it is suspended or being deleted. Throws NOT_FOUND if no business has
 * this slug.
 */
export async function findBusiness({ registry }: SharedDeps, slug: string): Promise<Business> {
  const business = (await registry.list()).find((one) => one.slug === slug);
  if (!business) throw notFound("business");
  return business;
}
