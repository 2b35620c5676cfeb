// Finds the address of a business's page, for links in mails.
import type { Business } from "./business.ts";
import type { BusinessRegistry } from "./registry.ts";

/** The slug of the business whose page is served at every host that belongs to no business. */
export const usualSlug = "demo";

/**
 * Returns the address of the page, without a slash at the end. If the business has hosts, the address is the first of
 * them in the alphabet, with the scheme of `publicUrl`. If the business has no host, its page is at `publicUrl` plus
 * `/b/` and the slug, or at `publicUrl` itself if the slug is `usualSlug`.
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
