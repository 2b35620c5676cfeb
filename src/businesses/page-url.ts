// Finds the address of a business's page, for links in mails.
import type { Business } from "./business.ts";
import type { BusinessRegistry } from "./registry.ts";

/** The business whose page is served at every host that belongs to no business. */
export const usualSlug = "demo";

/**
 * Returns the address of the page at the business's own host, or below the business's path at `publicUrl`, without a
 * slash at the end.
 */
export async function pageUrlOf(
  registry: Pick<BusinessRegistry, "findHost">,
  { id, slug }: Pick<Business, "id" | "slug">,
  publicUrl: string,
): Promise<string> {
  const host = await registry.findHost(id);
  if (host !== undefined) return `${new URL(publicUrl).protocol}//${host}`;
  return slug === usualSlug ? publicUrl : `${publicUrl}/b/${slug}`;
}
