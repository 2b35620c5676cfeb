// Finds the theme that the page of a business has: the business's own theme, or else the theme of the app that all
// businesses share (RONDO_APP).
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { notFound } from "../../errors.ts";
import { isObject, type JsonObject } from "../../queries/spec/json-reader.ts";
import { findLatest } from "../app-versions.ts";

export interface ThemeDeps {
  readonly registry: Pick<BusinessRegistry, "findBySlug">;
  readonly databases: Pick<OpenDatabases, "use">;
}

/**
 * Returns the content of a file of the theme, such as a font. Throws NOT_FOUND for an unknown file
 * or business.
 */
export async function findThemeFile(
  deps: ThemeDeps,
  slug: string,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { files } = await findTheme(deps, slug);
  const content = isObject(files) && Object.hasOwn(files, name) ? files[name] : undefined;
  if (typeof content !== "string") throw notFound("file");
  return new Uint8Array(Buffer.from(content, "base64"));
}

/** Returns {} if neither theme exists. Throws NOT_FOUND for an unknown business. */
export async function findTheme({ registry, databases }: ThemeDeps, slug: string): Promise<JsonObject> {
  const business = await registry.findBySlug(slug);
  if (business === undefined) throw notFound("business");
  return databases.use(business.id, async ({ kysely }) => {
    for (const source of ["own", "common"] as const) {
      const version = await findLatest(kysely, source);
      const theme = isObject(version?.bundle) ? version.bundle.theme : undefined;
      if (isObject(theme)) return theme;
    }
    return {};
  });
}
