// Finds the look of a business, by the slug of the business or by the host of a request. The look is the name that the
// page shows, and the theme. Looks are cached for a few seconds.
import { createHash } from "node:crypto";
import type { Business } from "../../businesses/business.ts";
import { createFreshFacts } from "../../businesses/fresh-facts.ts";
import { usualSlug } from "../../businesses/page-url.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { findTheme, type ThemeDeps } from "./find-theme.ts";
import { type Theme, themeOf } from "./theme.ts";

export interface Look {
  readonly slug: string;
  /** The name that the page shows. */
  readonly name: string;
  readonly theme: Theme;
  /**
   * A hash of the look. URLs that contain this hash can be cached for ever, because a changed look
   * has another hash.
   */
  readonly version: string;
}

export interface Looks {
  /**
   * Returns the look of the business with this host. For any other host, returns the look of the default business.
   * Returns undefined if the default business doesn't exist.
   */
  ofHost(host: string): Promise<Look | undefined>;
  /** Returns undefined if the business doesn't exist. */
  ofSlug(slug: string): Promise<Look | undefined>;
}

export function createLooks(
  deps: ThemeDeps & { readonly registry: Pick<BusinessRegistry, "findByHost" | "findBySlug"> },
): Looks {
  const ofBusiness = async ({ slug, name }: Business): Promise<Look> => {
    // If the theme can't be read, for example because the database of the business is unavailable,
    // the page is sent without a theme. So the page opens, and shows that its requests fail.
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
