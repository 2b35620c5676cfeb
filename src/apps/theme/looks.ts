// Finds the look of a business: its name and its theme, by its slug or by the host of a request. Each look is cached for a few seconds.
import { createHash } from "node:crypto";
import type { Business } from "../../businesses/business.ts";
import { createFreshFacts } from "../../businesses/fresh-facts.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { findTheme, type ThemeDeps } from "./find-theme.ts";
import { type Theme, themeOf } from "./theme.ts";

export interface Look {
  readonly slug: string;
  /** The name that the page shows. */
  readonly name: string;
  readonly theme: Theme;
  /** It changes with the theme, for addresses that may be cached for ever. */
  readonly version: string;
}

export interface Looks {
  /** The look of the business with this host, otherwise of the business at the address of Rondo itself. Undefined if there is none. */
  ofHost(host: string): Promise<Look | undefined>;
  ofSlug(slug: string): Promise<Look | undefined>;
}

/** The business whose page is served at every other host. */
export const usualSlug = "demo";

export function createLooks(
  deps: ThemeDeps & { readonly registry: Pick<BusinessRegistry, "findByHost" | "findBySlug"> },
): Looks {
  const ofBusiness = async ({ slug, name }: Business): Promise<Look> => {
    // While the database of the business is away, its page has no theme, and shows the error of the database.
    const theme = themeOf(await findTheme(deps, slug).catch(() => undefined));
    const shown = theme.name ?? (slug === usualSlug ? "Rondo" : name);
    const hash = createHash("sha256").update(JSON.stringify([slug, shown, theme]));
    return { slug, name: shown, theme, version: hash.digest("base64url").slice(0, 12) };
  };
  const looks = createFreshFacts(async (slug) => {
    const business = await deps.registry.findBySlug(slug);
    return business && ofBusiness(business);
  });
  const ofSlug = async (slug: string) => (await looks.find(slug)).value;
  return {
    ofSlug,
    ofHost: async (host) => ofSlug((await deps.registry.findByHost(host))?.slug ?? usualSlug),
  };
}
