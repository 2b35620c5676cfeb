// Finds the address of a business's page, for links in mails.
import type { Business } from "./business.ts";
import type { BusinessRegistry } from "./registry.ts";

/** The slug of the business whose page is served at every host that belongs to no business. */
export const usualSlug = "demo";

/**
 * Returns the address of the page, without a slash at the end. The page of a business without a host is at `publicUrl`
 * followed by `/b/` and its slug. The page of the business `usualSlug` is at `publicUrl` itself.
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
